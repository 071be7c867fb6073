/*
 * secrets.h: the thread that looks after the store of secrets: its token is renewed in time, and that
 * it does not answer is said (once) and shown as a metric. What is in memory goes on working.
 */
#ifndef AUTH_BUS_SECRETS_H
#define AUTH_BUS_SECRETS_H

#include "auth/actions/auth.h"

void secrets_run(struct auth *app);

#endif
