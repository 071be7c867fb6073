DEPS := base log json http api token yaml crypto service accounting/actions accounting/domain accounting/store accounting/state accounting/marketdata
