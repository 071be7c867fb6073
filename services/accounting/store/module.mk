DEPS := base decimal contract db accounting/domain
