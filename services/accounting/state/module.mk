DEPS := base decimal contract db json yaml metrics accounting/domain accounting/store
