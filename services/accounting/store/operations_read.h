/*
 * operations_read.h: the lists of operations (assets, liabilities, revenues, expenses), spelled out of
 * the wide rows of `ledger` and `trades` (domain/ledger.h). In the order of their ids.
 *
 * Rows are read in chunks by key, inside of one consistent view, and their legs filtered again one
 * by one: a row that has a wanted leg may have others. Writers reserve blocks of ids, so a row with
 * a lower id may be committed after one with a higher: a list that ends in the past (to_us) stays
 * as it is however much is written meanwhile.
 */
#ifndef ACCOUNTING_STORE_OPERATIONS_READ_H
#define ACCOUNTING_STORE_OPERATIONS_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/ledger.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

enum { OPERATIONS_PAGE_MAX = 20000 };

struct operations_filter {
    enum account_type type;
    const char *reference_type; /* NULL: any */
    uint64_t reference_id;      /* 0: any */
    int32_t code;               /* 0: any of the type */
    const char *currency_id;    /* NULL: any */
    uint64_t member_id;         /* 0: any */
    int64_t from_us, to_us;     /* inclusive; 0: open */
    bool ascending;
    uint64_t limit, offset; /* limit: 0..OPERATIONS_PAGE_MAX */
    /* Whether a currency of a trade is a coin: the codes of its legs. */
    bool (*is_coin)(const void *arg, const char *currency_id);
    const void *arg;
};

bool operations_list(struct db *db, struct arena *arena, const struct operations_filter *filter,
                     struct operation **ret_operations, size_t *ret_count, struct err *err)
    MUST_CHECK;

#endif
