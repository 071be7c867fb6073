DEPS := base decimal contract json db crypto metrics token template yaml webauthn auth/domain auth/store
