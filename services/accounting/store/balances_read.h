/* balances_read.h: the accounts that a list names, as they are now. */
#ifndef ACCOUNTING_STORE_BALANCES_READ_H
#define ACCOUNTING_STORE_BALANCES_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "accounting/store/accounts.h"
#include "base/err.h"
#include "db/db.h"

enum { BALANCES_READ_MAX = 500 };

/* 1..BALANCES_READ_MAX keys; the rows come in any order. Accounts that don't exist give none. */
bool balances_read(struct db *db, const struct account_key *keys, size_t count,
                   struct account *ret_accounts, size_t *ret_count, struct err *err) MUST_CHECK;

#endif
