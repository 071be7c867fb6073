DEPS := base decimal json contract accounting/domain
