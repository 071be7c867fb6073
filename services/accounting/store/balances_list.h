/* balances_list.h: who owns how much of a currency, for servers that ask. */
#ifndef ACCOUNTING_STORE_BALANCES_LIST_H
#define ACCOUNTING_STORE_BALANCES_LIST_H

#include <stdbool.h>

#include "db/listing.h"
#include "base/err.h"
#include "db/db.h"

struct owned_balance {
    const char *uid;
    struct dec balance, locked;
};

/* Accounts of the currency that hold something, by member. */
bool balances_of_currency(struct db *db, const char *currency_id, struct listing *listing,
                          struct listed *ret_listed, struct err *err) MUST_CHECK;

/* That of one member; both 0 if there is no account yet. */
bool balance_of_member(struct db *db, uint64_t member_id, const char *currency_id,
                       struct dec *ret_balance, struct dec *ret_locked, struct err *err) MUST_CHECK;

#endif
