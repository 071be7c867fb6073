DEPS := base decimal json contract db crypto metrics token yaml fetch auth/domain auth/store auth/state
