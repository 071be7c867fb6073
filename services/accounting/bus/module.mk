DEPS := base log json bus token fetch payment accounting/actions accounting/domain accounting/store accounting/state accounting/marketdata accounting/peers
