DEPS := base db json fetch token metrics blockchain/family blockchain/domain blockchain/store blockchain/state
