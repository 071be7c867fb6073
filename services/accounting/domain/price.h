/*
 * price.h: how the price of a currency follows its market, and the amounts of a network the price
 * (reference 2.7). Pure.
 *
 * Limits, approvals and the fill of wallets are judged by prices, and a market's price is whatever two
 * people agree on. So the market must be enabled and have traded enough, and one step is bounded: who
 * pushes it has to hold it there, step after step, while people look at it.
 */
#ifndef ACCOUNTING_DOMAIN_PRICE_H
#define ACCOUNTING_DOMAIN_PRICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "decimal/dec.h"

struct price_rule {
    struct dec min_volume; /* least turnover of 24 h, in the platform currency */
    struct dec max_change; /* share of the price that one step may move it; above 0, below 1 */
};

/* What the market of a currency and the platform currency traded in 24 h. */
struct price_turnover {
    struct dec amount, total; /* base and quote */
};

enum price_step {
    PRICE_KEPT,   /* nothing to follow, or it is the same */
    PRICE_MOVED,  /* to the average */
    PRICE_BOUNDED /* towards the average, as far as a step goes */
};

/* ERR_CONFIG: one of the texts is no such number; names the setting. */
bool price_rule_parse(const char *min_volume, const char *max_change, struct price_rule *ret_rule,
                      struct err *err) MUST_CHECK;

/* The step from `price`; *ret_price is set unless it is kept. A price of 0 is one that nobody set: it
 * is kept, there is nothing that a step could be a share of. */
enum price_step price_next(const struct price_rule *rule, struct dec price,
                           const struct price_turnover *turnover, struct dec *ret_price);

/*
 * A value in the platform currency as an amount: value ÷ price, cut to `precision` digits and to those
 * that the chain has. False: there is no value or no price, or nothing would be left: what is there
 * stays.
 */
bool price_amount(struct dec value, struct dec price, int precision, int64_t base_factor,
                  struct dec *ret_amount) MUST_CHECK;

#endif
