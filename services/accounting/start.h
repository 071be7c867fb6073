/* start.h: making the service, in order, and taking it apart, in the opposite one. */
#ifndef ACCOUNTING_START_H
#define ACCOUNTING_START_H

#include "accounting/actions/accounting.h"
#include "service/service.h"

bool accounting_start(struct service *service, struct err *err);
void accounting_stop(struct service *service);

/* Without one nothing is sealed, and beneficiaries are refused; everything else works. */
bool accounting_open_secrets(struct accounting *app, struct err *err);

/* What auth and the gateway are asked by; nobody is asked yet. peers_close(app->peers). */
bool accounting_open_peers(struct accounting *app, struct err *err);

#endif
