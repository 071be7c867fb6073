DEPS := base crypto
