DEPS := base decimal json contract db crypto metrics yaml accounting/domain accounting/store accounting/state accounting/marketdata
