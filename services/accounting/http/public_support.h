/* public_support.h: what the handlers of the public groups share. */
#ifndef ACCOUNTING_HTTP_PUBLIC_SUPPORT_H
#define ACCOUNTING_HTTP_PUBLIC_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "accounting/domain/market.h"
#include "accounting/marketdata/market_data.h"
#include "http/http.h"

/* Whether a market is shown: enabled or hidden, and spot. As a `check` of a parameter row. */
bool public_market_is_listed(struct http_request *request, const char *market_id);
bool market_is_listed(const struct market *market);

/* Whether the listing sites get it: enabled, and spot. */
bool market_is_enabled(const struct market *market);
/* The enabled market of "BTC_USD", whatever its case; NULL: the reply (404) is made. */
const struct market *market_of_pair_or_reply(struct http_request *request, const char *pair);

/* Room of the request's arena for `count` of them; NULL: the reply (503) is made. */
void *public_alloc_or_reply(struct http_request *request, size_t count, size_t size);

/* Whether `part` is NULL, or in `text`, whatever the case of letters; NULL text holds nothing. */
bool text_contains(const char *text, const char *part);

/* "BTC_USD" of a market, as the listing sites name it. */
enum { PAIR_SIZE = 2 * CURRENCY_ID_SIZE };
const char *market_pair(const struct market *market, char buffer[static PAIR_SIZE]);
/* The upper-case code of a currency. */
const char *currency_code(const char *id, char buffer[static CURRENCY_ID_SIZE]);

void market_ticker_now(struct http_request *request, const struct market *market,
                       struct ticker *ret_ticker);
struct dec market_best_price(struct http_request *request, const struct market *market,
                             enum side side); /* 0: the side is empty */

/* The levels of each side for a `depth` that counts both; 0: all. */
size_t depth_per_side(const struct param_i64 *depth);

/* Appends "asks":[["1.0","5.0"],...],"bids":[...]: the best `limit` levels of each side; 0: all.
 * False: the reply (503) is made. */
bool depth_write_or_reply(struct http_request *request, struct str *out, const char *market_id,
                          size_t limit);

#endif
