/*
 * seed.h: the first content of a platform, from YAML files in the shape of OpenDAX's (reference 9):
 * accounts, blockchains, currencies, engines, markets, trading_fees, withdraw_limits, and of ours
 * members, with the balances that they start with.
 *
 * Every row goes through the rules of the API (catalog_change.h). A row that exists, by its natural
 * key, is left alone; so running it again adds what is new and nothing else. A balance is booked
 * once, as an accepted adjustment with its ledger entry, and never topped up.
 *
 * Every mistake of every file is said, "FILE:LINE: what is wrong"; rows without mistakes are added
 * all the same. Then the call fails. Needs rights on all tables; one run at a time (a named lock).
 */
#ifndef ACCOUNTING_ACTIONS_SEED_H
#define ACCOUNTING_ACTIONS_SEED_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"
#include "db/db.h"

/* `say` gets a line for each row that was added and for each mistake; NULL: nobody listens. */
bool seed_run(struct db *db, const char *folder, const struct clock *clock,
              void (*say)(const char *line), struct err *err) MUST_CHECK;

#endif
