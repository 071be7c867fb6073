DEPS := base decimal json contract db crypto metrics accounting/domain accounting/store accounting/state accounting/marketdata
