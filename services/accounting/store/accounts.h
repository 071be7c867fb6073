/*
 * accounts.h: the balances of members, written by the pipeline: all changes of a transaction are
 * summed per account and applied by one statement, in one order (member, currency), so that two
 * writers can't deadlock each other.
 */
#ifndef ACCOUNTING_STORE_ACCOUNTS_H
#define ACCOUNTING_STORE_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/currency.h"
#include "base/err.h"
#include "db/db.h"

struct account_key {
    uint64_t member_id;
    char currency_id[CURRENCY_ID_SIZE];
};

struct account {
    struct account_key key;
    struct dec balance, locked;
};

struct account_delta {
    struct account_key key;
    struct dec balance, locked; /* signed */
};

struct account_key account_key(uint64_t member_id, const char *currency_id);
int account_key_cmp(const struct account_key *a, const struct account_key *b);

/* Sorts and drops doubles. Gives the new count. */
size_t account_keys_sort(struct account_key *keys, size_t count);
/* Sorts, sums the deltas of an account, drops those that come to nothing. Asserts the range. */
size_t account_deltas_merge(struct account_delta *deltas, size_t count);

/* Appends a SELECT ... FOR UPDATE of these accounts (sorted keys): member_id, currency_id, balance,
 * locked. Accounts that don't exist give no row. */
void accounts_lock_sql(struct db *db, struct str *sql, const struct account_key *keys,
                       size_t count);
/* Reads the rows of that SELECT. `accounts` has room for all the keys. Gives their count. */
size_t accounts_from_rows(struct db_result *rows, struct account *accounts);
/* In sorted accounts; NULL: not there. */
struct account *account_find(struct account *accounts, size_t count, const struct account_key *key);

/* Appends an UPDATE of all (merged) deltas, and the check that every account was there. */
void accounts_update_sql(struct db *db, struct str *sql, const struct account_delta *deltas,
                         size_t count, int64_t now_us);
/* Appends an INSERT IGNORE of empty accounts. */
void accounts_create_sql(struct db *db, struct str *sql, const struct account_key *keys,
                         size_t count, int64_t now_us);

#endif
