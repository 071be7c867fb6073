/* market_load.h: a book from accounting's snapshot and the commands after it. */
#ifndef MATCHING_ACTIONS_MARKET_LOAD_H
#define MATCHING_ACTIONS_MARKET_LOAD_H

#include "matching/actions/worker.h"

/*
 * Loads the market anew and computes all that is not settled again; the results are published
 * (again) like all others. On failure the market stays as it was, and wants to be loaded again.
 * *ret_diverged: the book that was replaced had come to another state with the same commands.
 */
bool market_load(struct worker *worker, struct market *market, bool *ret_diverged, struct err *err)
    MUST_CHECK;

#endif
