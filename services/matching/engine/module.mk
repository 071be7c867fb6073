DEPS := base contract
