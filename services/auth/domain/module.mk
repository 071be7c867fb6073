DEPS := base decimal json contract crypto template webauthn
