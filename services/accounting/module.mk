DEPS := service yaml accounting/http accounting/bus accounting/actions accounting/domain accounting/store accounting/state accounting/marketdata secret accounting/peers
