/*
 * oauth_logouts.h: the thread that tells clients that a session is over (OpenID Connect Back-Channel
 * Logout). Rows of oauth_logouts wait until the client has answered 200 or 204; another answer, or
 * none, is tried again with growing pauses, LOGOUT_TRIES_MAX times. Any number of processes may do it:
 * a row is taken for a while by one.
 */
#ifndef AUTH_BUS_OAUTH_LOGOUTS_H
#define AUTH_BUS_OAUTH_LOGOUTS_H

#include "auth/actions/auth.h"

enum { LOGOUT_TRIES_MAX = 8 };

void oauth_logouts_run(struct auth *app);

#endif
