/*
 * trust.h: which tokens this service believes: session tokens that authz made with our own key
 * (reference barong.md §0.5). Opening fills app->keys,
 * app->signing, app->services and app->bearer_tokens.
 */
#ifndef AUTH_HTTP_TRUST_H
#define AUTH_HTTP_TRUST_H

#include <stdbool.h>

#include "auth/state/bearer.h"
#include "base/err.h"
#include "token/token.h"

struct auth;

bool trust_open(struct auth *app, struct err *err) MUST_CHECK;
void trust_close(struct auth *app); /* also half-open */

#endif
