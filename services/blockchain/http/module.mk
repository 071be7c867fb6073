DEPS := base log json http api token crypto service blockchain/actions blockchain/family blockchain/domain blockchain/store blockchain/state
