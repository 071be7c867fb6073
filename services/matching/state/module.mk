DEPS := base bus contract metrics
