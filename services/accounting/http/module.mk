DEPS := base log json http api token yaml crypto service iso20022 payment accounting/actions accounting/domain accounting/store accounting/state accounting/marketdata secret accounting/peers
