DEPS := base decimal contract db json yaml accounting/domain accounting/store
