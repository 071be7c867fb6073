DEPS := service yaml payment iso20022 accounting/http accounting/bus accounting/actions accounting/domain accounting/store accounting/state accounting/marketdata secret accounting/peers
