/*
 * spread.h: over which wallets a deposit is collected (reference 2.3). Pure.
 *
 * Wallets come hot first, then warm, then cold. Each takes what it has room for, the last one all that
 * is left; no part is below the least that is worth a transaction.
 */
#ifndef ACCOUNTING_DOMAIN_SPREAD_H
#define ACCOUNTING_DOMAIN_SPREAD_H

#include <stdbool.h>
#include <stddef.h>

#include "decimal/dec.h"

enum { SPREAD_WALLETS_MAX = 32 };

struct spread_wallet {
    bool has_balance;            /* false: N/A, and it is left out unless it is the last one */
    struct dec balance, maximum; /* in the currency */
};

/* What each wallet gets, 0 for most; their sum is `amount`, or 0: it is not worth a collection.
 * 1..SPREAD_WALLETS_MAX wallets. */
void spread_over(const struct spread_wallet *wallets, size_t count, struct dec amount,
                 struct dec minimum, struct dec *ret_portions);

/* max_balance ÷ price, cut to the digits of the currency. False: there is no price, or no such
 * number. */
bool spread_maximum(struct dec max_balance, struct dec price, int precision,
                    struct dec *ret_maximum) MUST_CHECK;

#endif
