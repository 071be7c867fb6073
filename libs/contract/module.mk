DEPS := base decimal
