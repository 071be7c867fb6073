/*
 * order_form.h: the parameters of POST /market/orders, and what the other order routes share: the
 * name of an order in a path, the filters by market, Unix seconds as time.
 */
#ifndef ACCOUNTING_HTTP_ORDER_FORM_H
#define ACCOUNTING_HTTP_ORDER_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/actions/order_prepare.h"
#include "accounting/state/catalog.h"
#include "accounting/store/orders_read.h"
#include "http/http.h"

/* ---- a new order ---- */

struct order_form {
    const char *market, *side, *ord_type, *time_in_force, *client_order_id, *self_trade_prevention;
    struct param_dec volume, price, stop_price;
};
extern const struct param order_form_params[];

/* The rules between parameters, after the abilities: a market order has no price, and so on. */
bool order_form_read(struct http_request *request, struct order_request *ret_order_request,
                     struct err *err) MUST_CHECK;

/* ---- an order in a path ---- */

/* All digits: the id; else a UUID; else 422 market.order.invaild_id_or_uuid (the contract's word). */
bool order_ref_parse(const char *text, struct order_ref *ret_ref, struct err *err) MUST_CHECK;

/* ---- checks for parameter tables ---- */

bool check_market_active(struct http_request *request, const char *text); /* trades now, spot */
bool check_market_exists(struct http_request *request, const char *text);
bool check_base_unit(struct http_request *request, const char *text);  /* base of some market */
bool check_quote_unit(struct http_request *request, const char *text); /* quote of some market */

/* ---- filters ---- */

enum side side_or_both(const char *name); /* NULL: both; else a name that a table let through */

/*
 * Ids of the markets that filters leave: all filters of a list are exact; NULL or empty: no filter.
 * ret_ids NULL: no need to filter. False: no memory.
 */
struct market_choice {
    const struct param_list *ids;
    const char *id, *type, *base_unit, *quote_unit;
};
bool market_choice_ids(struct http_request *request, const struct market_choice *choice,
                       const char *const **ret_ids, size_t *ret_count) MUST_CHECK;

/* Unix seconds to microseconds, cut to the years that DATETIME knows; absent: 0. A time that no row
 * can be older than gives 1, not 0, which is "absent". */
int64_t seconds_to_us(struct param_i64 seconds);

#endif
