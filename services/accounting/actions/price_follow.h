/*
 * price_follow.h: the prices of currencies follow their markets, and the amounts of networks the
 * prices (reference 2.7; domain/price.h has the rules, bus/price_job.h is the thread).
 *
 * Each currency is a transaction of its own that locks its row first, as the change of an operator
 * does: who comes second decides by what the first one left. A price steps once an interval at most,
 * counted from the last change of its row: a restart or a second process makes no second step, and a
 * price that an operator set stands for an interval.
 */
#ifndef ACCOUNTING_ACTIONS_PRICE_FOLLOW_H
#define ACCOUNTING_ACTIONS_PRICE_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/actions/accounting.h"
#include "accounting/actions/catalog_change.h"
#include "accounting/domain/price.h"
#include "base/err.h"

/* Hears of each price that moved, when that is committed. */
typedef void price_say(const char *currency_id, struct dec was, struct dec price,
                       enum price_step step);

/* One round over all currencies; the catalog is read again if something changed. The arena of the
 * change is reset for each currency. A currency that fails does not keep the others: the first error
 * is told at the end. */
bool prices_follow(struct accounting *app, const struct change *change,
                   const struct price_rule *rule, int64_t interval_us, price_say *say,
                   struct err *err) MUST_CHECK;

#endif
