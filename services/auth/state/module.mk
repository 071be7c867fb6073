DEPS := base decimal contract json db crypto metrics token yaml auth/domain auth/store
