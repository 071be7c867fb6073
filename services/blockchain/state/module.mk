DEPS := base bus db json metrics blockchain/domain
