DEPS := base decimal contract crypto db fetch geo json kycaid jwks mail metrics phone qr scan secret seed sms storage template token webauthn yaml auth/domain auth/store auth/state
