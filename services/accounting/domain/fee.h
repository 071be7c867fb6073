/* fee.h: trading fees. The best row wins: an exact group weighs 10, an exact market 1 (reference 4). */
#ifndef ACCOUNTING_DOMAIN_FEE_H
#define ACCOUNTING_DOMAIN_FEE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/market.h"
#include "decimal/dec.h"

struct trading_fee {
    int64_t id;
    char market_id[MARKET_ID_SIZE]; /* "any" */
    char group[33];                 /* "any" */
    const char *market_type;
    struct dec maker, taker;
    int64_t created_at, updated_at;
};

/* Without a row that fits, both rates are 0. */
void trading_fee_find(const struct trading_fee *fees, size_t count, const char *market_id,
                      const char *group, struct dec *ret_maker, struct dec *ret_taker);

#endif
