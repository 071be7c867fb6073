DEPS := base log json http api token jwks crypto service blockchain/actions blockchain/family blockchain/domain blockchain/store blockchain/state
