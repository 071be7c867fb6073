/*
 * chain_event.h: an event of the blockchain gateway, and the transaction in which its effect is
 * written. What handles one is a function
 *
 *     bool x_on_y(struct chain_tx *tx, const struct chain_event *event, struct err *err);
 *
 * that runs inside of a transaction, maybe twice, and leaves nothing outside of it. It fails with a
 * failure that time heals (err_retry(): the event comes again) or with one that it does not heal: then what it
 * wrote is undone, the event is parked with the story as its reason (table chain_parked), and the
 * feed goes on.
 */
#ifndef ACCOUNTING_ACTIONS_CHAIN_EVENT_H
#define ACCOUNTING_ACTIONS_CHAIN_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/actions/accounting.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "json/read.h"

enum {
    CHAIN_KEY_SIZE = 33,
    CHAIN_JOURNAL_IDS = 64 /* that one event, or one operator's action, may use */
};

struct chain_tx {
    struct accounting *app;
    struct db *db;
    struct arena *arena; /* until the end of the event */
    int64_t now_us;
    uint64_t journal_next, journal_end; /* ids of the journal, reserved before the transaction */
};

struct chain_event {
    uint64_t seq;
    const char *name;   /* "transfer.seen" */
    const char *chain;  /* its key; "": not said */
    const cJSON *event; /* the object {name, chain, ...} */
};

/* Takes ids of the journal out of the reserve. ERR_INTERNAL: there are not so many. */
bool chain_tx_journal(struct chain_tx *tx, uint64_t count, uint64_t *ret_first, struct err *err)
    MUST_CHECK;

/* The text of a member of the event; ERR_PROTOCOL: it is not there. */
bool chain_event_text(const struct chain_event *event, const char *key, const char **ret_text,
                      struct err *err) MUST_CHECK;

/* transfer.seen, transfer.confirmed, transfer.reverted (actions/deposit_chain.c) */
bool deposit_on_transfer(struct chain_tx *tx, const struct chain_event *event, struct err *err)
    MUST_CHECK;
/* payout.updated of collect-* and refund-* (actions/deposit_payout.c) */
bool deposit_on_payout(struct chain_tx *tx, const struct chain_event *event, struct err *err)
    MUST_CHECK;
/* network_fee.paid */
bool deposit_on_network_fee(struct chain_tx *tx, const struct chain_event *event, struct err *err)
    MUST_CHECK;
/* payout.updated of withdraw-* (actions/withdraw_chain.c) */
bool withdraw_on_payout(struct chain_tx *tx, const struct chain_event *event, struct err *err)
    MUST_CHECK;

#endif
