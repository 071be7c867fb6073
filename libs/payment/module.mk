DEPS := base crypto decimal json
