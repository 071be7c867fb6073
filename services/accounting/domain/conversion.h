/*
 * conversion.h: how the value of one currency in another is found where no market trades the two
 * (reference 5.8). Pure.
 *
 *     eur/usd:eur/usdt,_usd/usdt;ltc/eur:ltc/usd,_eur/usd
 *
 * names the markets on the way, in order: an amount is multiplied by the price of each, or divided
 * by it after a `_`. A pair that has a path takes it even if there is a market.
 */
#ifndef ACCOUNTING_DOMAIN_CONVERSION_H
#define ACCOUNTING_DOMAIN_CONVERSION_H

#include <stdbool.h>
#include <stddef.h>

#include "accounting/domain/currency.h"
#include "base/err.h"
#include "decimal/dec.h"

enum { CONVERSION_STEPS_MAX = 6, CONVERSION_PATHS_MAX = 64 };

struct conversion_step {
    char base[CURRENCY_ID_SIZE], quote[CURRENCY_ID_SIZE]; /* whose price */
    bool divides;
};

struct conversion_path {
    char from[CURRENCY_ID_SIZE], to[CURRENCY_ID_SIZE];
    struct conversion_step steps[CONVERSION_STEPS_MAX];
    size_t steps_count;
};

struct conversion_paths {
    struct conversion_path paths[CONVERSION_PATHS_MAX];
    size_t count;
};

/* ERR_CONFIG: what is wrong and where. Empty text: no paths. */
bool conversion_paths_parse(const char *text, struct conversion_paths *ret_paths, struct err *err)
    MUST_CHECK;
/* NULL: there is none. */
const struct conversion_path *conversion_find(const struct conversion_paths *paths,
                                              const char *from, const char *to);
/* One step of an amount; false: no price (0), or beyond the range. */
bool conversion_apply(const struct conversion_step *step, struct dec price, struct dec *amount);

#endif
