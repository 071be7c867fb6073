DEPS := base log json http api token yaml crypto service fetch auth/actions auth/domain auth/store auth/state
