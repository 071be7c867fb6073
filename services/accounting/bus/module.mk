DEPS := base log json bus token accounting/actions accounting/domain accounting/store accounting/state accounting/marketdata accounting/peers
