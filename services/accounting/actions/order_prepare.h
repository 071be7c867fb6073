/*
 * order_prepare.h: an order request becomes an intake: everything that is decided from memory, before
 * the writer (order_accept.h) looks at the funds.
 *
 * Market orders walk the book: it must hold the volume; a buy may cost what the walk says and a
 * tenth more (reference 2.1). They trade at most market.protection away from the best price; stop
 * orders of that kind from their stop price, because the book of that later moment is unknown.
 */
#ifndef ACCOUNTING_ACTIONS_ORDER_PREPARE_H
#define ACCOUNTING_ACTIONS_ORDER_PREPARE_H

#include <stdbool.h>

#include "accounting/actions/order_accept.h"
#include "accounting/domain/member.h"
#include "accounting/state/catalog.h"
#include "base/err.h"

struct accounting;

struct order_request {
    const struct market *market;      /* of the catalog; active */
    bool base_is_coin, quote_is_coin; /* its currencies */
    enum side side;
    enum order_type type;
    enum time_in_force time_in_force;
    enum stp_mode stp;
    struct dec volume, price, stop_price; /* 0: none */
    const char *client_order_id;          /* NULL: none */
};

/*
 * Fills kind, order, market, coins and estimate; the caller adds done and user. The intake points
 * into the catalog, which must stay taken. ERR_LIQUIDITY: the book is thinner than a market order;
 * ERR_BUSY: the books are not in memory yet; ERR_ORDER_INVALID: beyond the range of a decimal.
 */
bool order_prepare(const struct accounting *app, const struct catalog *catalog,
                   const struct member *member, const struct order_request *order_request,
                   struct intake *ret_intake, struct err *err) MUST_CHECK;

/* The worst price to trade at, `fraction` away from `best`, on a whole tick; 0: no bound. */
struct dec protection_price(const struct market *market, enum side side, struct dec best);

#endif
