/*
 * gate_poll.h: how the memory of authz (state/gate.h) follows the tables: a look at `changes`, which
 * names what to drop, and the tables of permissions and restrictions when they changed.
 *
 * The thread `gate` looks several times a second. A request that comes right after one that changed
 * something in this process looks by itself, so that nobody meets his own past.
 */
#ifndef AUTH_ACTIONS_GATE_POLL_H
#define AUTH_ACTIONS_GATE_POLL_H

#include <stdbool.h>

#include "auth/actions/auth.h"
#include "base/err.h"

/* Looks now, or waits for the one who does. On success the gate is fresh. */
bool gate_poll(struct auth *app, struct db *db, struct err *err) MUST_CHECK;
/* The same, unless another look began after this call. */
bool gate_poll_if_needed(struct auth *app, struct db *db, struct err *err) MUST_CHECK;

/* Writes the new ends of sessions that were used. */
bool gate_write_uses(struct auth *app, struct db *db, struct err *err) MUST_CHECK;

#endif
