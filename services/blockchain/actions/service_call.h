/*
 * service_call.h: calls to other services of the platform, with a service token of ours. One struct is
 * one connection and belongs to one thread.
 */
#ifndef BLOCKCHAIN_ACTIONS_SERVICE_CALL_H
#define BLOCKCHAIN_ACTIONS_SERVICE_CALL_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "blockchain/state/config.h"

struct service_call;

struct service_call_spec {
    const char *audience; /* "accounting", "signer" */
    const char *base_url;
    const char *private_key; /* PEM */
    const struct clock *clock;
    long timeout_ms;
};

/* The texts outlive it. */
bool service_call_open(const struct service_call_spec *spec, struct service_call **ret_call,
                       struct err *err) MUST_CHECK;
void service_call_close(struct service_call *call); /* NULL is fine */

/* `path` begins with '/'. `body`: JSON, or NULL. The answer is put in `out`, which is emptied first;
 * every status is an answer. ERR_PEER_UNAVAILABLE: none came. */
bool service_call_run(struct service_call *call, const char *method, const char *path,
                      const char *body, long *ret_status, struct str *out, struct err *err)
    MUST_CHECK;

#endif
