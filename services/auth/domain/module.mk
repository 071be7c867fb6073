DEPS := base decimal json contract crypto phone template webauthn
