/*
 * journal.h: writing to the ledger. A transaction that moves money outside of trading (adjustment,
 * transfer, management operation) posts its entries with journal_post(): rows of `ledger`, the
 * balances of the members, the seal of the chain, and a balance event in the outbox, all in the
 * caller's transaction.
 */
#ifndef ACCOUNTING_STORE_JOURNAL_H
#define ACCOUNTING_STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/event.h"
#include "accounting/domain/ledger.h"
#include "base/err.h"
#include "db/db.h"

enum { JOURNAL_ENTRIES_MAX = 1000 };

/* Reserves `count` consecutive ids of sequences.NAME ("orders", "journal") in a transaction of its
 * own on this connection; call it outside of a transaction. */
bool sequence_reserve(struct db *db, const char *name, uint64_t count, uint64_t *ret_first,
                      struct err *err) MUST_CHECK;

/*
 * Posts 1..JOURNAL_ENTRIES_MAX entries with the ids first_id, first_id+1, ... (reserved before the
 * transaction). Member-scoped liability legs move the member's account: main its balance, locked
 * its locked part; accounts are made as needed. ERR_FUNDS_INSUFFICIENT, with member and currency in
 * the story, if one would go below zero; then the caller must roll back.
 * Takes locks in one order: accounts by (member, currency), then the seal.
 */
bool journal_post(struct db *db, const char *writer, uint64_t first_id,
                  struct ledger_entry *entries, size_t count, int64_t now_us, struct err *err)
    MUST_CHECK;

#endif
