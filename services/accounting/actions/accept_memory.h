/*
 * accept_memory.h: what the one writer knows without asking. It wrote the last command of each market and
 * the end of its chain of seals itself, so under load it leaves out the round trip that would lock and read
 * them and decides as if all funds were there. The statements prove it right: the number of the last command
 * is a condition, a seal is there once, the CHECK of an account sees the sum. Whoever was wrong has
 * changed nothing, and the batch is decided again against locked rows.
 *
 *     if (accept_recall(batch)) ... decide, write, commit; if it fails: accept_forget(batch)
 *     lock, read, decide, write, commit
 *     accept_remember(batch)
 */
#ifndef ACCOUNTING_ACTIONS_ACCEPT_MEMORY_H
#define ACCOUNTING_ACTIONS_ACCEPT_MEMORY_H

#include <stdbool.h>

#include "accounting/actions/accept_decide.h"

/* Whether the batch may be decided from memory; then its markets and accounts are filled in. */
bool accept_recall(struct accept_batch *batch);
/* After a decision from memory: whether it is one that needs no balance. */
bool accept_recall_holds(const struct accept_batch *batch);

/* After a commit, or after rows were locked and nothing was to be written. */
void accept_remember(struct accept_batch *batch);
/* After a failure: nothing is known, and the next batches read. */
void accept_forget(struct accept_batch *batch);

#endif
