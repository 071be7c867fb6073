/* providers.h: who does for us what we don't: text messages (sms/sms.h), files (storage/storage.h). Filled
 * in from the configuration, once, at the start. */
#ifndef AUTH_ACTIONS_PROVIDERS_H
#define AUTH_ACTIONS_PROVIDERS_H

#include <stdbool.h>

#include "auth/actions/auth.h"
#include "base/err.h"

/* ERR_CONFIG. Nobody is asked: a provider that is away is noticed when it is needed. */
bool providers_open(struct auth *app, struct err *err) MUST_CHECK;
void providers_close(struct auth *app); /* also half-open */

/* Around a call that waits for somebody outside: half of the workers may do so, the others keep
 * answering when he is slow. ERR_BUSY: too many wait already. */
bool providers_enter(struct auth *app, struct err *err) MUST_CHECK;
void providers_leave(struct auth *app);

#endif
