/* accounting_call.h: GET on the internal API of accounting, with a service token. */
#ifndef MATCHING_ACTIONS_ACCOUNTING_CALL_H
#define MATCHING_ACTIONS_ACCOUNTING_CALL_H

#include "matching/actions/worker.h"

/*
 * `path` is what follows /api/v2/internal/matching/. The body of a 200 is appended to `out`; any
 * other answer is ERR_PEER_UNAVAILABLE.
 */
bool accounting_call(struct worker *worker, const char *path, long timeout_ms, struct str *out,
                     struct err *err) MUST_CHECK;

#endif
