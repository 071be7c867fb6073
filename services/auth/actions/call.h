/*
 * call.h: what an action works with: one request (or one row of a seed), one connection, one arena.
 * Handlers get it from request_call() (http/context.h).
 *
 * An action that writes does all of it in one db_transaction() (or is called inside of one, and says
 * so): the row, its activity (store/activities.h), its event (actions/event.h), and what caches must
 * drop (store/changes.h) are committed together or not at all. Inside, the row of the user is locked
 * first (users_lock_by_id() and its like), so that two actions on one user take turns.
 */
#ifndef AUTH_ACTIONS_CALL_H
#define AUTH_ACTIONS_CALL_H

#include <stdint.h>

#include "auth/actions/auth.h"
#include "auth/domain/visitor.h"
#include "base/arena.h"

struct call {
    struct auth *app;
    struct db *db;
    struct arena *arena; /* lives until the reply */
    int64_t now_us;
    struct visitor visitor;
};

#endif
