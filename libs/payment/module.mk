DEPS := base crypto decimal fetch json
