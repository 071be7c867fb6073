DEPS := base decimal json contract db crypto metrics token yaml fetch geo mail qr secret template webauthn auth/domain auth/store auth/state
