DEPS := base log json http token yaml crypto service fetch auth/actions auth/domain auth/store auth/state
