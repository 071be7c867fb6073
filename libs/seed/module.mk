DEPS := base db yaml
