DEPS := base bus decimal contract db json yaml metrics accounting/domain accounting/store
