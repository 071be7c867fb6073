/* accounts_read.h: the balances of members, for those who look at them. Rows belong to the arena. */
#ifndef ACCOUNTING_STORE_ACCOUNTS_READ_H
#define ACCOUNTING_STORE_ACCOUNTS_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/store/accounts.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

enum { ACCOUNTS_OF_MEMBERS_MAX = 1000 };

/* The accounts of 0..ACCOUNTS_OF_MEMBERS_MAX members, by member and currency: the order of
 * account_key_cmp(). */
bool accounts_of_members(struct db *db, struct arena *arena, const uint64_t *member_ids,
                         size_t members_count, struct account **ret_accounts, size_t *ret_count,
                         struct err *err) MUST_CHECK;

/* ---- statistics ---- */

struct member_pnl {
    char currency_id[CURRENCY_ID_SIZE], pnl_currency_id[CURRENCY_ID_SIZE];
    struct dec total_credit, total_debit, total_credit_value, total_debit_value;
    struct dec average_balance_price, total_balance_value;
};

/* pnl_currency_id NULL: all of them. */
bool pnl_of_member(struct db *db, struct arena *arena, uint64_t member_id,
                   const char *pnl_currency_id, struct member_pnl **ret_rows, size_t *ret_count,
                   struct err *err) MUST_CHECK;

#endif
