/* desk_replay.h: inside the desk. Its memory, and how the audit file fills it. */
#ifndef SIGNER_ACTIONS_DESK_REPLAY_H
#define SIGNER_ACTIONS_DESK_REPLAY_H

#include "signer/state/policy.h"
#include "signer/state/spends.h"
#include "signer/state/window.h"
#include "signer/store/audit.h"

/* What a payment of a line was: only a new one counts its units. */
#define DESK_AS_NEW "new"
#define DESK_AS_REPLACES "replaces"
#define DESK_AS_AGAIN "again"

struct desk_memory {
    const struct policy *policy;
    struct spends *spends;
    struct window *units; /* of each rule, by its number */
    struct window *fees;  /* of each chain, by its number */
};

bool desk_memory_make(struct desk_memory *memory, const struct policy *policy, struct err *err)
    MUST_CHECK;
void desk_memory_release(struct desk_memory *memory); /* half-made is fine */

/* audit_replay; the context is a struct desk_memory. */
bool desk_replay(void *context, const struct audit_line *line, struct err *err);

#endif
