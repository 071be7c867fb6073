/*
 * journal_sql.h: the statements that add to the journal: rows of `ledger` and `trades`, the seal of
 * a transaction, the outbox. For the pipeline's batches; everybody else uses journal_post().
 */
#ifndef ACCOUNTING_STORE_JOURNAL_SQL_H
#define ACCOUNTING_STORE_JOURNAL_SQL_H

#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/ledger.h"
#include "db/db.h"

/* The end of a chain of seals, as the transaction that holds its lock read it. */
struct seal_head {
    uint64_t seq;
    uint8_t digest[32];
};

void ledger_insert_sql(struct db *db, struct str *sql, const struct ledger_entry *entries,
                       size_t count);
void trades_insert_sql(struct db *db, struct str *sql, const struct trade *trades, size_t count);

/* Appends a SELECT ... FOR UPDATE of the head (seq, digest); no row: the chain is new. */
void seal_lock_sql(struct db *db, struct str *sql, const char *writer);
void seal_head_from_rows(struct db_result *rows, struct seal_head *ret_head);
/* Closes the chain over `text` (the rows first_id..last_id) and appends the writes. */
void seal_write_sql(struct db *db, struct str *sql, const char *writer, struct seal_head *head,
                    const struct str *text, uint64_t first_id, uint64_t last_id);

/* Appends the events of the transaction, unless there are none. */
void outbox_insert_sql(struct db *db, struct str *sql, const struct str *events, int64_t now_us);

#endif
