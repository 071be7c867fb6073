/* market_list.h: which markets this worker matches. */
#ifndef MATCHING_ACTIONS_MARKET_LIST_H
#define MATCHING_ACTIONS_MARKET_LIST_H

#include "matching/actions/worker.h"

/*
 * Reads the list of accounting; markets of ours that are new in it want to be loaded. On failure
 * the list stays wanted.
 */
bool market_list_read(struct worker *worker, struct err *err) MUST_CHECK;

/* Whether the configuration gives a market to this worker. */
bool market_is_ours(const struct matching_config *config, const char *market_id);

#endif
