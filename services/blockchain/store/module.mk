DEPS := base db json crypto blockchain/domain blockchain/family
