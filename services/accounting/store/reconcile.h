/*
 * reconcile.h: what the books say of the coins of a chain, and the checks of the coins on the chains against
 * them: runs with their lines, how each currency stands, who acknowledged what. Amounts of lines and states
 * are decimal text, exact to the unit of the chain (domain/reconcile.h).
 */
#ifndef ACCOUNTING_STORE_RECONCILE_H
#define ACCOUNTING_STORE_RECONCILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/currency.h"
#include "accounting/domain/reconcile.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "db/listing.h"

/* ---- what the books say ---- */

struct book_line {
    const char *currency_id; /* or, where it is NULL: */
    const char *contract;    /* lower case; "" the native coin */
    enum reconcile_line line;
    const char *units; /* of the chain; NULL: */
    struct dec amount;
};

struct book_lines {
    uint64_t seq; /* the gateway's event that was booked last */
    struct book_line *rows;
    size_t count;
};

/* Inside of db_snapshot(); in the arena. */
bool book_lines_read(struct db *db, struct arena *arena, const char *blockchain_key,
                     struct book_lines *ret_lines, struct err *err) MUST_CHECK;

/* In the transaction that books a network's fee. */
bool chain_fee_add(struct db *db, const char *blockchain_key, const char *currency_id,
                   struct dec fee, struct err *err) MUST_CHECK;

/* ---- checks ---- */

enum { RECONCILE_RUNS_KEPT = 1000 /* of each chain */ };

struct reconcile_run {
    uint64_t id;
    const char *blockchain_key, *hash;
    int64_t height;
    uint64_t seq, parked;
    int64_t started_at, created_at;
};

/* And deletes, a few at a time, those that are not kept. */
bool reconcile_run_insert(struct db *db, const struct reconcile_run *run, uint64_t *ret_id,
                          struct err *err) MUST_CHECK;
bool reconcile_run_list(struct db *db, const char *blockchain_key, struct listing *listing,
                        struct listed *ret_listed, struct err *err) MUST_CHECK;
bool reconcile_run_find(struct db *db, struct arena *arena, uint64_t id,
                        struct reconcile_run *ret_run, struct err *err) MUST_CHECK;

struct reconcile_line_row {
    const char *currency_id, *name, *amount;
};
bool reconcile_line_insert(struct db *db, uint64_t run_id, unsigned position,
                           const struct reconcile_line_row *line, struct err *err) MUST_CHECK;
bool reconcile_lines_of(struct db *db, struct arena *arena, uint64_t run_id,
                        struct listed *ret_listed, struct err *err) MUST_CHECK;

/* ---- how a currency stands on a chain ---- */

struct reconcile_row {
    const char *blockchain_key, *currency_id, *state;
    int64_t height;
    uint64_t run_id;
    const char *difference, *acknowledged, *tolerance, *no_verdict;
    int64_t checked_at, changed_at;
};

/* Made if it is new; locked. */
bool reconcile_row_get_locked(struct db *db, struct arena *arena, const char *blockchain_key,
                              const char *currency_id, struct reconcile_row *ret_row,
                              struct err *err) MUST_CHECK;
bool reconcile_row_save(struct db *db, const struct reconcile_row *row, struct err *err) MUST_CHECK;
bool reconcile_row_list(struct db *db, const char *currency_id, struct listing *listing,
                        struct listed *ret_listed, struct err *err) MUST_CHECK;
/* Of the chains of a currency the first that stopped it; ERR_NOT_FOUND: none. */
bool reconcile_stopped_find(struct db *db, struct arena *arena, const char *currency_id,
                            struct reconcile_row *ret_row, struct err *err) MUST_CHECK;
struct reconcile_stopped {
    const char **currency_ids;
    size_t count;
};
/* All currencies that a chain stopped. */
bool reconcile_stopped_list(struct db *db, struct arena *arena,
                            struct reconcile_stopped *ret_stopped, struct err *err) MUST_CHECK;
/* "NOT EXISTS (...)" for queries of what may be paid: `currency` is the SQL of its id. */
#define RECONCILE_NOT_STOPPED(currency)                                                            \
    "NOT EXISTS (SELECT 1 FROM reconcile_states rs WHERE rs.currency_id = " currency               \
    " AND rs.state = 'stopped')"

/* ---- who took on what ---- */

struct reconcile_acknowledgement {
    uint64_t id;
    const char *blockchain_key, *currency_id, *action, *amount, *uid, *comment;
    uint64_t member_id;
    int64_t created_at;
};
bool reconcile_acknowledgement_insert(struct db *db, const struct reconcile_acknowledgement *row,
                                      struct err *err) MUST_CHECK;
bool reconcile_acknowledgement_list(struct db *db, struct listing *listing,
                                    struct listed *ret_listed, struct err *err) MUST_CHECK;
/* How many operators acknowledged this difference since then. */
bool reconcile_acknowledgements_count(struct db *db, const struct reconcile_row *row,
                                      uint64_t *ret_count, struct err *err) MUST_CHECK;

#endif
