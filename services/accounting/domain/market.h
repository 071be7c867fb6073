/*
 * market.h: a market, its rules, and the exact conversion between decimals and the integers of the
 * matching protocol (price in ticks of 10^-price_precision, amount in lots of 10^-amount_precision).
 */
#ifndef ACCOUNTING_DOMAIN_MARKET_H
#define ACCOUNTING_DOMAIN_MARKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/currency.h"
#include "base/err.h"
#include "contract/protocol.h"
#include "decimal/dec.h"

enum { MARKET_PRECISION_SUM_MAX = 10 };

enum market_state {
    MARKET_ENABLED,
    MARKET_DISABLED,
    MARKET_HIDDEN,
    MARKET_LOCKED,
    MARKET_SALE,
    MARKET_PRESALE,
    MARKET_STATE_MAX
};

struct market {
    char id[MARKET_ID_SIZE];
    char base[CURRENCY_ID_SIZE], quote[CURRENCY_ID_SIZE];
    char name[2 * CURRENCY_ID_SIZE]; /* "BTC/USD" */
    const char *type;                /* "spot", "qe" */
    enum market_state state;
    int32_t amount_precision, price_precision, position;
    struct dec min_price, max_price, min_amount; /* max_price 0: no cap */
    int64_t engine_id;
    const char *data; /* JSON text or NULL */
    struct dec
        protection; /* market orders trade at most this fraction away from the best price; 0: any */
    unsigned number; /* 0, 1, 2...: index into arrays of this process; stable while it runs */
    int64_t created_at, updated_at;
};

const char *market_state_name(enum market_state state);
bool market_state_parse(const char *name, enum market_state *ret_state);

/* Listed and tradable: enabled or hidden, and spot. */
static inline bool market_is_active(const struct market *market)
{
    return market->state == MARKET_ENABLED || market->state == MARKET_HIDDEN;
}

/* The rules of a market definition (precisions, minima, base and quote). The story of `err` is the
 * sentence that the API shows. */
bool market_validate(const struct market *market, struct err *err) MUST_CHECK;

/* False: not a whole number of ticks or lots, or beyond PROTOCOL_QUANTITY_MAX. */
bool market_ticks(const struct market *market, struct dec price, int64_t *ret_ticks) MUST_CHECK;
bool market_lots(const struct market *market, struct dec amount, int64_t *ret_lots) MUST_CHECK;
struct dec market_price(const struct market *market, int64_t ticks);
struct dec market_amount(const struct market *market, int64_t lots);

#endif
