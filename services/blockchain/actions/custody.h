/*
 * custody.h: what comes in at a custody provider. A webhook is only a hint: it is kept once for each
 * (transfer, state), and here the transfer is read from the provider before anything is believed. Also
 * addresses, made ahead like those of other chains.
 *
 * One round of one chain; what fails is tried again later, and stops nobody else.
 */
#ifndef BLOCKCHAIN_ACTIONS_CUSTODY_H
#define BLOCKCHAIN_ACTIONS_CUSTODY_H

#include "base/arena.h"
#include "blockchain/actions/blockchain.h"
#include "blockchain/family/custody.h"
#include "db/db.h"

enum {
    CUSTODY_POOL = 10 /* addresses made ahead: each is a call of the provider, some cost a fee */
};

struct custody_step {
    struct blockchain *app;
    struct chain *chain;
    const struct chain_entry *entry;
    struct arena *arena;
    struct db *db;
    struct provider_session *session;
    int64_t *webhooks_due_us, *list_due_us; /* when they are looked at next; 0: now */
};

/* Keeps what a signed webhook says, once, and hastens the look at what it may be about. `chain` NULL: those
 * of client `adapter` that have the wallet it names. */
bool custody_notice_take(struct blockchain *app, struct db *db, struct chain *chain,
                         const char *adapter, const struct custody_notice_body *notice,
                         struct err *err) MUST_CHECK;

/* *ret_more: there is more to do at once. */
bool custody_round(const struct custody_step *step, bool *ret_more, struct err *err) MUST_CHECK;

#endif
