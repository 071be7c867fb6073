/*
 * transfer_create.h: a set of operations of the management API, booked together or not at all
 * (reference 2.6), and single operations, which are booked as they are.
 *
 * A transfer keeps the books: for each currency, assets + expenses = liabilities + revenues.
 */
#ifndef ACCOUNTING_ACTIONS_TRANSFER_CREATE_H
#define ACCOUNTING_ACTIONS_TRANSFER_CREATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/actions/catalog_change.h"
#include "accounting/domain/ledger.h"
#include "accounting/store/transfers.h"
#include "base/err.h"

enum { TRANSFER_OPERATIONS_MAX = 500 };

/* amount goes from one account to another: a debit there, a credit here. */
struct transfer_operation {
    char currency_id[CURRENCY_ID_SIZE];
    struct dec amount; /* > 0 */
    int64_t source_code, destination_code;
    uint64_t source_member_id, destination_member_id; /* 0 for accounts of the platform */
};

struct transfer_request {
    const char *key, *category, *description;
    const struct transfer_operation *operations;
    size_t operations_count; /* 1..TRANSFER_OPERATIONS_MAX */
};

extern const char transfer_categories[];

/* ret_entries has room for 2 × operations_count. ERR_INVALID with a sentence;
 * ERR_FUNDS_INSUFFICIENT, whose story says who has what. */
bool transfer_create(const struct change *change, const struct transfer_request *transfer_request,
                     struct transfer *ret_transfer, struct ledger_entry *ret_entries,
                     struct err *err) MUST_CHECK;

/* Whether the legs of the operations keep the books of every currency. Pure. */
bool transfer_is_balanced(const struct transfer_operation *operations, size_t count);

struct operation_request {
    int64_t code;
    char currency_id[CURRENCY_ID_SIZE];
    struct dec amount;  /* credit above zero, debit below */
    uint64_t member_id; /* 0: none */
};

/* One leg, against nothing: what the contract's /assets/new and its like do. */
bool operation_post(const struct change *change, const struct operation_request *operation_request,
                    struct ledger_entry *ret_entry, struct err *err) MUST_CHECK;

#endif
