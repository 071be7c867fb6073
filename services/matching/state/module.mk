DEPS := base metrics
