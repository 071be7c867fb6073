DEPS := base decimal json contract db crypto metrics seed yaml iso20022 accounting/domain accounting/store accounting/state accounting/marketdata secret accounting/peers
