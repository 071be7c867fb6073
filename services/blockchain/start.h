/* start.h: makes and ends what the gateway is made of. */
#ifndef BLOCKCHAIN_START_H
#define BLOCKCHAIN_START_H

#include "service/service.h"

bool blockchain_start(struct service *service, struct err *err) MUST_CHECK;
void blockchain_stop(struct service *service);

#endif
