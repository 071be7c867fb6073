DEPS := base contract crypto chain metrics token yaml
