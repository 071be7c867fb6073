DEPS := base decimal json contract db crypto metrics token yaml fetch secret mail auth/domain auth/store auth/state
