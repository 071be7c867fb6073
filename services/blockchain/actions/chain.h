/*
 * chain.h: a chain as it runs: its providers, what is watched on it, and how it is. Made when the
 * catalogue names it first, kept until the service ends (a chain that was disabled is only not
 * followed). What the catalogue says of it (assets, confirmations) is read from the catalogue each
 * time.
 *
 * Each chain has one follower thread (bus/followers.h). Other threads ask nodes by sessions of their own:
 *
 *     struct chain *chain = chains_find(app->chains, key);               // NULL: none
 *     struct provider_session *session = chain_session(chain, err);      // of this thread; close it
 */
#ifndef BLOCKCHAIN_ACTIONS_CHAIN_H
#define BLOCKCHAIN_ACTIONS_CHAIN_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "blockchain/domain/watch_set.h"
#include "blockchain/family/family.h"
#include "blockchain/family/providers.h"
#include "blockchain/state/catalogue.h"

struct blockchain;

struct chain {
    char key[CHAIN_KEY_SIZE];
    const struct chain_client *client;
    struct watch_set *watch;
    _Atomic bool is_active, is_paused;
    _Atomic bool is_watching;     /* the watch set holds all that the database has */
    _Atomic uint64_t height, tip; /* 0: nothing yet */
    _Atomic bool is_ready;
    pthread_mutex_t lock;             /* of what follows */
    char network[CHAIN_NETWORK_SIZE]; /* "" before a node was seen */
    char reason[CHAIN_REASON_SIZE];   /* why it is not ready */
    char hash[CHAIN_HASH_SIZE];       /* of the block at `height` */
    struct providers *providers;      /* replaced when the catalogue says so */
    char *servers;                    /* what they were made of */
};

struct chains;

struct chains *chains_new(void); /* NULL: no memory */
void chains_free(struct chains *chains);

struct chain *chains_find(struct chains *chains, const char *key); /* NULL: none */
size_t chains_count(const struct chains *chains);
struct chain *chains_at(const struct chains *chains, size_t index);

/* Makes what the catalogue names: new chains, other servers. The first thing that is wrong is the
 * reason of its chain. */
void chains_apply(struct blockchain *app, const struct catalogue *catalogue);

/* A session of the chain's providers for the calling thread, who closes it. */
bool chain_session(struct chain *chain, struct provider_session **ret_session, struct err *err)
    MUST_CHECK;

/* Makes *session one of the chain's present providers: opens it, or another one when they changed. */
bool chain_session_renew(struct chain *chain, struct provider_session **session, bool *ret_is_new,
                         struct err *err) MUST_CHECK;

void chain_set_reason(struct chain *chain, const char *reason); /* "" : none */
void chain_network(struct chain *chain, char buffer[static CHAIN_NETWORK_SIZE]);

#endif
