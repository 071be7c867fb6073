/* start.h: making the service, in order, and taking it apart, in the opposite one. */
#ifndef AUTH_START_H
#define AUTH_START_H

#include "service/service.h"

struct auth;

bool auth_start(struct service *service, struct err *err);
void auth_stop(struct service *service);

/* The store of secrets as the configuration has it; for commands that need it alone. */
bool auth_open_secrets(struct auth *app, struct err *err) MUST_CHECK;

#endif
