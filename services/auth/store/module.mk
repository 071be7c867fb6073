DEPS := base decimal json contract db crypto template webauthn auth/domain
