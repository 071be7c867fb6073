DEPS := base decimal contract db crypto auth/domain
