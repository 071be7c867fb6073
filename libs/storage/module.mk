DEPS := base crypto fetch
