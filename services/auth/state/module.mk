DEPS := base bus decimal contract json db crypto metrics token template yaml pattern webauthn auth/domain auth/store
