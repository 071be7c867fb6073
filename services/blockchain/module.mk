DEPS := service api blockchain/http blockchain/bus blockchain/actions blockchain/family blockchain/domain blockchain/store blockchain/state
