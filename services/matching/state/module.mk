DEPS := base contract metrics
