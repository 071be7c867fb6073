/*
 * peers.h: calls of accounting to the other services of the platform: auth (one-time codes) and
 * blockchain (addresses, payouts). One call is one HTTP request with a short-lived token of ours for
 * that service alone; nothing is repeated here.
 *
 *     const struct peer_request request = {.peer = PEER_BLOCKCHAIN, .path = "/internal/chains/ltc"};
 *     AUTO(str_release) struct str answer = STR_INIT(PEER_ANSWER_BYTES_MAX);
 *     long status;
 *     if (!peer_call(app->peers, &request, &status, &answer, err)) return false;   // away
 *
 * Any thread; as many calls at once as threads make them, each on a connection of its own that is
 * kept. Not inside a transaction: a peer that is slow would hold its locks.
 */
#ifndef ACCOUNTING_PEERS_PEERS_H
#define ACCOUNTING_PEERS_PEERS_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

enum { PEER_ANSWER_BYTES_MAX = 1 << 20, PEER_TIMEOUT_MS = 5000 };

enum peer { PEER_AUTH, PEER_BLOCKCHAIN, PEERS_COUNT };

struct peers;

struct peers_spec {
    const struct clock *clock;
    const char *service_key;       /* PEM: our private key */
    const char *urls[PEERS_COUNT]; /* "http://auth:8000"; "": this peer is away */
};

/* ERR_CONFIG. The texts live as long as the peers. */
bool peers_open(const struct peers_spec *spec, struct peers **ret_peers, struct err *err)
    MUST_CHECK;
void peers_close(struct peers *peers); /* NULL is fine; no call may be running */

struct peer_request {
    enum peer peer;
    const char *method; /* NULL: GET */
    const char *path;   /* below the API of the peer: "/internal/otp/verify" */
    const char *body;   /* JSON; NULL: none */
    long timeout_ms;    /* 0: PEER_TIMEOUT_MS */
};

/* Appends the answer's body. ERR_PEER_UNAVAILABLE: no answer, and nobody knows what was done. Every
 * answer is true; *ret_status tells. */
bool peer_call(struct peers *peers, const struct peer_request *request, long *ret_status,
               struct str *out, struct err *err) MUST_CHECK;

#endif
