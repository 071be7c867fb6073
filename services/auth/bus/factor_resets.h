/* factor_resets.h: the thread that ends the wait of those who lost their second factors, and reminds
 * their owners. Any number of processes may run it. */
#ifndef AUTH_BUS_FACTOR_RESETS_H
#define AUTH_BUS_FACTOR_RESETS_H

#include "auth/actions/auth.h"

void factor_resets_thread(struct auth *app);

#endif
