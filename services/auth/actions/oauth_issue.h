/*
 * oauth_issue.h: tokens are made. Called inside of the transaction that used what they are given for;
 * the answer of the token endpoint is appended to `out` (clear it first: transactions may run again).
 */
#ifndef AUTH_ACTIONS_OAUTH_ISSUE_H
#define AUTH_ACTIONS_OAUTH_ISSUE_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/oauth_client.h"
#include "auth/domain/user.h"
#include "auth/store/oauth_grants.h"
#include "base/err.h"
#include "base/str.h"

struct oauth_issue {
    const struct oauth_client *client;
    const struct oauth_grant *grant;
    const struct user *user; /* NULL: the client acts for itself */
    scope_set scopes;        /* of the access token: part of the grant's */
    const char *nonce;       /* of the id_token; NULL: none */
    const char *jkt;         /* key that the access token is bound to; NULL: none */
    const char *refresh;     /* the refresh token that goes with it; NULL: none */
    bool id_token;
};

bool oauth_issue(struct call *call, const struct oauth_issue *issue, struct str *out,
                 struct err *err) MUST_CHECK;

/* A new refresh token of the grant, made of a seed or by chance (NULL). */
bool oauth_refresh_issue(struct call *call, const struct oauth_grant *grant, const char *secret,
                         struct err *err) MUST_CHECK;

/* {"iss":..,"sub":..,"aud":..,...,"events":{..}}, signed: what a client is told when a session is
 * over. */
bool oauth_logout_token(struct auth *app, const char *client_id, const char *uid, const char *sid,
                        int64_t now_us, struct str *out, struct err *err) MUST_CHECK;

#endif
