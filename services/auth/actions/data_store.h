/* data_store.h: a front end keeps something with a user, once for each title of RULES_FILE. */
#ifndef AUTH_ACTIONS_DATA_STORE_H
#define AUTH_ACTIONS_DATA_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/actions/call.h"
#include "auth/domain/mistakes.h"
#include "base/err.h"

/* Writes the row, its event, and the private label TITLE:recorded. True with mistakes: nothing was
 * done. */
bool data_store(struct call *call, uint64_t user_id, const char *title, const char *data,
                struct mistakes *mistakes, struct err *err) MUST_CHECK;

#endif
