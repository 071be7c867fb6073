/*
 * providers.h: the providers of one chain: who is healthy, who is asked, and what happens when one
 * fails. Health is the lag of height behind the best of them, the share of errors, and whether it is
 * the network that the chain was first seen on.
 *
 * Each thread that asks opens a session: its own connections. A question is a function that is called
 * with one node after the other, best first, until one answers:
 *
 *     static bool ask(struct node *node, void *arg, struct err *err) { return family->tip(node, arg, err); }
 *     if (!providers_ask(session, ask, &tip, err)) return false;
 *
 * ERR_PEER_UNAVAILABLE, ERR_PROTOCOL and ERR_GONE (no failure of his) go on with the next provider; any other is
 * the answer. A provider that failed PROVIDER_BREAKER_ERRORS times in a row is left alone for a growing
 * pause with jitter (circuit breaker), unless there is no other.
 */
#ifndef BLOCKCHAIN_FAMILY_PROVIDERS_H
#define BLOCKCHAIN_FAMILY_PROVIDERS_H

#include "base/clock.h"
#include "blockchain/family/family.h"
#include "metrics/metrics.h"

enum {
    PROVIDERS_MAX = 8, /* of one chain */
    PROVIDER_BREAKER_ERRORS = 3,
    PROVIDER_PAUSE_MIN_MS = 500,
    PROVIDER_PAUSE_MAX_MS = 30000,
    PROVIDER_LAG_MAX = 3 /* blocks behind the best one */
};

struct providers;
struct provider_session; /* of one thread */

struct providers_spec {
    const char *chain_key;
    const struct chain_client *client;
    const char *servers; /* addresses between blanks or commas, preferred first */
    long timeout_ms;
    const char *authorities; /* of their certificates; fetch.h */
    const struct clock *clock;
    struct metrics *metrics; /* NULL: none */
};

/* ERR_CONFIG: no address, or too many. */
bool providers_new(const struct providers_spec *spec, struct providers **ret_providers,
                   struct err *err) MUST_CHECK;
/* After all of its sessions. NULL is fine. */
void providers_free(struct providers *providers);

/* The network that the chain is known to be on; a node of another one is not asked. "" : any. */
void providers_expect(struct providers *providers, const char *network);

bool provider_session_open(struct providers *providers, struct provider_session **ret_session,
                           struct err *err) MUST_CHECK;
void provider_session_close(struct provider_session *session); /* NULL is fine */
/* False: the chain has other providers now; open a new session. */
bool provider_session_is_of(const struct provider_session *session,
                            const struct providers *providers);

/* How many of them are not on one and the same host and port. */
size_t providers_hosts(const struct providers *providers);

typedef bool provider_question(struct node *node, void *arg, struct err *err);
bool providers_ask(struct provider_session *session, provider_question *question, void *arg,
                   struct err *err) MUST_CHECK;
/* Where a transaction stands, as one of them says. */
bool providers_tx_status(struct provider_session *session, const char *txid,
                         struct tx_status *ret_status, struct err *err) MUST_CHECK;
/* Asks one that did not give the last answer of this session: the second opinion. ERR_NOT_FOUND: there
 * is only one. */
bool providers_ask_other(struct provider_session *session, provider_question *question, void *arg,
                         struct err *err) MUST_CHECK;

/* Asks the best provider for network and height: what the follower goes by. The height is the best that
 * is known of any of them. ERR_CONFIG: they are of another network than the chain's first. */
bool providers_tip(struct provider_session *session, struct chain_identity *ret_identity,
                   uint64_t *ret_tip, struct err *err) MUST_CHECK;
/* Asks every provider that does not rest, and keeps what it says for who asks next. For a thread of its
 * own: one slow provider holds up this look and nobody else. */
void providers_look(struct provider_session *session);

struct provider_view {
    char url[256]; /* without credentials */
    bool is_healthy;
    uint64_t tip, errors;
    char reason[CHAIN_REASON_SIZE]; /* "" if healthy */
};
size_t providers_view(const struct providers *providers, struct provider_view *ret_views,
                      size_t max);

#endif
