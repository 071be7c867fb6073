/*
 * order_rules.h: what an order costs and which orders a market takes. Pure; exact. The writer asks
 * these after the funds, so that a member without money hears of the money first (reference 2.1).
 */
#ifndef ACCOUNTING_DOMAIN_ORDER_RULES_H
#define ACCOUNTING_DOMAIN_ORDER_RULES_H

#include <stdbool.h>

#include "accounting/domain/market.h"
#include "accounting/domain/order.h"
#include "base/err.h"

/*
 * The funds that the order locks, in its outcome currency: the volume of a sell, price × volume of a
 * limit buy, the estimate of a market buy capped at `balance`. A stop-market buy without an
 * estimate reckons with its stop price and the margin of market buys. ERR_ORDER_INVALID: beyond
 * the range of a decimal.
 */
bool order_cost(const struct order *order, struct dec estimate, struct dec balance,
                struct dec *ret_cost, struct err *err) MUST_CHECK;

/* Volume, price, stop price against the precisions, minima and maxima of the market; fills the
 * integers of the submit command. ERR_ORDER_INVALID. */
bool order_to_command(const struct order *order, const struct market *market,
                      struct command *ret_command, struct err *err) MUST_CHECK;

/*
 * The funds that an open order must keep locked to go on with this price and volume, whatever was
 * filled meanwhile at prices up to its old one (amend). Reference: services/accounting/README.md.
 */
bool order_amend_need(const struct order *order, struct dec new_price, struct dec new_left,
                      struct dec *ret_need, struct err *err) MUST_CHECK;

#endif
