DEPS := base log json http token accounting/actions accounting/domain accounting/store accounting/state accounting/marketdata
