DEPS := base db json fetch token metrics crypto chain blockchain/family blockchain/domain blockchain/store blockchain/state
