DEPS := base log json http token yaml crypto service accounting/actions accounting/domain accounting/store accounting/state accounting/marketdata
