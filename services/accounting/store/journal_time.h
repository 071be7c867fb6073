/*
 * journal_time.h: where a moment lies in the ids of the journal. Ids and times grow together, but for
 * writers that took their ids some seconds before others: so a border for times is a border for ids
 * when both are a little wider. It spares the lists an index on created_at.
 */
#ifndef ACCOUNTING_STORE_JOURNAL_TIME_H
#define ACCOUNTING_STORE_JOURNAL_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"

/* Rows of `ledger` and `trades` with this id or a higher one were made after `time_us`, and those
 * below were not, but for JOURNAL_DISORDER_US. About forty look-ups by the primary key. */
#define JOURNAL_DISORDER_US (120 * INT64_C(1000000))

bool journal_id_after(struct db *db, int64_t time_us, uint64_t *ret_id, struct err *err) MUST_CHECK;

#endif
