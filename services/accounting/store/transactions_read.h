/* transactions_read.h: deposits and withdrawals of a member as one history. */
#ifndef ACCOUNTING_STORE_TRANSACTIONS_READ_H
#define ACCOUNTING_STORE_TRANSACTIONS_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/domain/currency.h"
#include "base/err.h"
#include "contract/param_value.h"
#include "db/db.h"
#include "db/listing.h"

struct transaction_row {
    const char *address, *txid, *state, *note, *type; /* "Deposit", "Withdraw" */
    char currency_id[CURRENCY_ID_SIZE];
    struct dec amount, fee;
    bool has_confirmations;
    int64_t confirmations, created_at, updated_at;
};

struct transaction_filter {
    uint64_t member_id;
    const char *currency_id, *txid;
    const struct param_list *deposit_states, *withdraw_states; /* each filters its own kind */
    int64_t from_us, to_us; /* of updated_at, inclusive; 0: open */
};

bool transaction_list(struct db *db, const struct transaction_filter *filter,
                      struct listing *listing, struct listed *ret_listed, struct err *err)
    MUST_CHECK;

#endif
