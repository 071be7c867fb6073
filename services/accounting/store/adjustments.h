/*
 * adjustments.h: manual bookings as rows: what was asked for, by whom, and what became of it. The
 * money itself moves with journal_post() when an adjustment is accepted.
 */
#ifndef ACCOUNTING_STORE_ADJUSTMENTS_H
#define ACCOUNTING_STORE_ADJUSTMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/currency.h"
#include "accounting/domain/ledger.h"
#include "db/listing.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

enum adjustment_state { ADJUSTMENT_PENDING = 1, ADJUSTMENT_ACCEPTED = 2, ADJUSTMENT_REJECTED = 3 };

enum { ADJUSTMENT_NUMBER_SIZE = 65 };

struct adjustment {
    uint64_t id;
    const char *reason, *description;
    uint64_t creator_id, validator_id;       /* validator 0: none yet */
    const char *creator_uid, *validator_uid; /* read only; NULL: none */
    struct dec amount;                       /* below zero: taken away */
    int64_t asset_account_code;
    char receiving_account_number[ADJUSTMENT_NUMBER_SIZE]; /* <currency>-<code>[-<uid>] */
    char currency_id[CURRENCY_ID_SIZE];
    int64_t category;
    enum adjustment_state state;
    uint64_t journal_id; /* of its ledger entry; 0: none */
    int64_t created_at, updated_at;
};

/* Time bounds are inclusive; 0: open. */
struct adjustment_filter {
    const char *currency_id;
    int64_t state, category; /* 0: any */
    bool by_update;          /* the bounds speak of updated_at */
    int64_t from_us, to_us;
};

bool adjustment_insert(struct db *db, struct adjustment *adjustment, int64_t now_us,
                       struct err *err) MUST_CHECK;
bool adjustment_find_locked(struct db *db, struct arena *arena, uint64_t id,
                            struct adjustment *ret_adjustment, struct err *err) MUST_CHECK;
bool adjustment_get(struct db *db, struct arena *arena, uint64_t id,
                    struct adjustment *ret_adjustment, struct err *err) MUST_CHECK;
/* Writes state, validator and journal id. */
bool adjustment_decide(struct db *db, const struct adjustment *adjustment, int64_t now_us,
                       struct err *err) MUST_CHECK;
bool adjustment_list(struct db *db, const struct adjustment_filter *filter, struct listing *listing,
                     struct listed *ret_listed, struct err *err) MUST_CHECK;
/* The ledger entries of accepted adjustments, in the order of their ids; at most `count`. */
bool adjustment_entries(struct db *db, const uint64_t *journal_ids, size_t count,
                        struct ledger_entry *ret_entries, size_t *ret_count, struct err *err)
    MUST_CHECK;
/* Whether there is one with this reason and receiver. */
bool adjustment_exists(struct db *db, const char *reason, const char *receiving_account_number,
                       bool *ret_exists, struct err *err) MUST_CHECK;

#endif
