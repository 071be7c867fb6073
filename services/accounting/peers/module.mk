DEPS := base fetch token
