#include "accounting/domain/fee.h"

#include <string.h>

enum { GROUP_WEIGHT = 10, MARKET_WEIGHT = 1 };

/* -1: the row does not fit; else its weight. */
static int fit(const struct trading_fee *fee, const char *market_id, const char *group)
{
    int weight = 0;
    if (strcmp(fee->market_id, market_id) == 0)
        weight += MARKET_WEIGHT;
    else if (strcmp(fee->market_id, "any") != 0)
        return -1;
    if (strcmp(fee->group, group) == 0)
        weight += GROUP_WEIGHT;
    else if (strcmp(fee->group, "any") != 0)
        return -1;
    return weight;
}

void trading_fee_find(const struct trading_fee *fees, size_t count, const char *market_id,
                      const char *group, struct dec *ret_maker, struct dec *ret_taker)
{
    int best = -1;
    *ret_maker = *ret_taker = DEC_ZERO;
    for (size_t i = 0; i < count; i++) {
        int weight =
            strcmp(fees[i].market_type, "spot") == 0 ? fit(&fees[i], market_id, group) : -1;
        if (weight > best) {
            best = weight;
            *ret_maker = fees[i].maker;
            *ret_taker = fees[i].taker;
        }
    }
}
