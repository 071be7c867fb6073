DEPS := base json fetch
