/*
 * blockchain.h: the state of the gateway: one struct, made in start.c, handed to every room.
 */
#ifndef BLOCKCHAIN_ACTIONS_BLOCKCHAIN_H
#define BLOCKCHAIN_ACTIONS_BLOCKCHAIN_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/clock.h"
#include "blockchain/actions/chain.h"
#include "blockchain/state/catalogue.h"
#include "blockchain/state/config.h"
#include "blockchain/state/metrics.h"
#include "db/db.h"
#include "metrics/metrics.h"

struct queue;       /* base/queue.h */
struct trust;       /* http/trust.h */
struct token_cache; /* libs/token */

struct blockchain {
    const struct blockchain_config *config; /* immutable */
    const struct clock *clock;
    struct metrics *metrics;
    struct catalogues *catalogues; /* what accounting said last; any thread */
    struct chains *chains;         /* actions/chain.h: the chains of the catalogue; any thread */
    struct trust *trust;
    struct token_cache *user_tokens;
    struct token_cache *service_tokens;
    struct db_config db_config;  /* to open further connections */
    struct queue *outbox_signal; /* a push wakes the event relay: something is in the outbox */
    _Atomic bool stopping;
    _Atomic bool has_user_keys; /* there is a key to verify users' tokens by */
    _Atomic bool relaying;      /* the event relay has its broker and its database */
    _Atomic bool catalogue_known;
};

/* Wakes the event relay. Any thread. */
void blockchain_outbox_wake(struct blockchain *app);

/* Sleeps, in short pieces; false: the service stops. */
bool blockchain_sleep(const struct blockchain *app, int64_t milliseconds);

#endif
