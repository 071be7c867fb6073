DEPS := base decimal contract json db crypto metrics token template yaml auth/domain auth/store
