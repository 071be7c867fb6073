/* start.h: making the service, in order, and taking it apart, in the opposite one. */
#ifndef AUTH_START_H
#define AUTH_START_H

#include "service/service.h"

bool auth_start(struct service *service, struct err *err);
void auth_stop(struct service *service);

#endif
