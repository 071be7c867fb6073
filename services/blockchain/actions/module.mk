DEPS := base db json fetch token metrics crypto chain coldfile blockchain/family blockchain/domain blockchain/store blockchain/state
