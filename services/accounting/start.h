/* start.h: making the service, in order, and taking it apart, in the opposite one. */
#ifndef ACCOUNTING_START_H
#define ACCOUNTING_START_H

#include "service/service.h"

bool accounting_start(struct service *service, struct err *err);
void accounting_stop(struct service *service);

#endif
