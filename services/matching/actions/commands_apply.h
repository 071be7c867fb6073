/*
 * commands_apply.h: commands meet the book. Command n+1 is applied after n and nothing else: lower
 * ones are dropped, what comes too early is kept for a moment, then the gap is asked for.
 */
#ifndef MATCHING_ACTIONS_COMMANDS_APPLY_H
#define MATCHING_ACTIONS_COMMANDS_APPLY_H

#include "matching/actions/worker.h"

/* Takes a checked batch of the market. The bytes are copied if they have to wait. */
bool commands_apply(struct worker *worker, struct market *market, const struct batch *batch,
                    struct err *err) MUST_CHECK;

/* Whether the commands that are missing should be asked for now. */
bool gap_is_due(const struct worker *worker, const struct market *market);

/* Reads the commands after the last one that was applied from accounting and applies them, then
 * what waited for them. */
bool gap_close(struct worker *worker, struct market *market, struct err *err) MUST_CHECK;

/* All commands that accounting has beyond the book, to their end; the book's own next number is
 * where it starts. For loading and for gaps. */
bool commands_catch_up(struct worker *worker, struct market *market, struct err *err) MUST_CHECK;

#endif
