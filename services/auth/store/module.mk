DEPS := base decimal json contract db crypto phone secret template webauthn auth/domain
