/* oauth_userinfo.h: what a client learns of a person, by the scopes that he agreed to. */
#ifndef AUTH_ACTIONS_OAUTH_USERINFO_H
#define AUTH_ACTIONS_OAUTH_USERINFO_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/actions/oauth_bearer.h"
#include "base/err.h"
#include "base/str.h"

/* Appends a JSON object. OAUTH_INSUFFICIENT_SCOPE: no openid, or no person. */
bool oauth_userinfo(struct call *call, const struct oauth_bearer *bearer, struct str *out,
                    struct err *err) MUST_CHECK;

#endif
