/*
 * oauth_bearer.h: a token is shown to us: by a client that wants to know or end it, or by somebody who
 * wants to use it.
 *
 * For authz (third mode): oauth_bearer_enter() says whose the token is and what it opens. The answer may
 * be kept until `expires_at`, and must be dropped when CHANGE_OAUTH_GRANT names its grant_id, or
 * CHANGE_USER its user. A token that is bound to a key (jkt not empty) needs a proof with each request:
 * it is good with the scheme DPoP only, and oauth_proof_check() (oauth_proof.h) must give the same jkt.
 */
#ifndef AUTH_ACTIONS_OAUTH_BEARER_H
#define AUTH_ACTIONS_OAUTH_BEARER_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "auth/store/oauth_clients.h"
#include "auth/store/oauth_grants.h"
#include "base/err.h"
#include "base/str.h"

struct oauth_bearer {
    char grant_id[OAUTH_ID_SIZE], jti[OAUTH_ID_SIZE];
    char client_id[OAUTH_CLIENT_ID_MAX + 1];
    char uid[USER_UID_SIZE]; /* "": the client acts for itself */
    uint64_t user_id;
    scope_set scopes; /* of the token */
    char audience[OAUTH_RESOURCE_SIZE];
    char jkt[OAUTH_JKT_SIZE]; /* "": not bound */
    int64_t issued_at, expires_at;
};

/* Whether it is an access token of ours that lives. `token` is the text behind "Bearer ". Reads tables.
 * OAUTH_INVALID_TOKEN. */
bool oauth_bearer_enter(struct call *call, const char *token, struct oauth_bearer *ret_bearer,
                        struct err *err) MUST_CHECK;

/* Whether the text looks like one of ours at all (its header says at+jwt), so that authz knows which
 * mode it is. No signature is checked. */
bool oauth_bearer_is(const char *token);

/* Appends the answer of RFC 7662. What is not the client's to know is {"active":false}. */
bool oauth_introspect(struct call *call, const struct oauth_client *client, const char *token,
                      struct str *out, struct err *err) MUST_CHECK;
/* RFC 7009: an unknown token is a success. */
bool oauth_revoke(struct call *call, const struct oauth_client *client, const char *token,
                  struct err *err) MUST_CHECK;

#endif
