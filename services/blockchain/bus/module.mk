DEPS := base log bus token service blockchain/actions blockchain/family blockchain/domain blockchain/store blockchain/state
