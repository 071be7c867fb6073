DEPS := base decimal json contract db crypto metrics seed yaml iso20022 payment fetch accounting/domain accounting/store accounting/state accounting/marketdata secret accounting/peers
