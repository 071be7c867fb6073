/*
 * oauth_place.h: may anybody from there sign in now? Restrictions by address, country and maintenance
 * are asked by authz for the provider's paths as for all others; but a blocked log-in is a matter of
 * one path of the platform's own API (reference barong.md §3.2), for which our page stands too. From
 * memory; any thread.
 */
#ifndef AUTH_ACTIONS_OAUTH_PLACE_H
#define AUTH_ACTIONS_OAUTH_PLACE_H

#include <stdbool.h>

#include "auth/actions/auth.h"
#include "auth/domain/visitor.h"
#include "base/arena.h"
#include "base/err.h"

/* OAUTH_ACCESS_DENIED. ERR_BUSY: the restrictions are not known yet, so nobody comes in. */
bool oauth_place_check(struct auth *app, struct arena *arena, const struct visitor *visitor,
                       struct err *err) MUST_CHECK;

#endif
