/* start.h: making the service, in order, and taking it apart, in the opposite one. */
#ifndef SIGNER_START_H
#define SIGNER_START_H

#include "secret/secret.h"
#include "service/service.h"

struct signer_config;

bool signer_start(struct service *service, struct err *err);
bool signer_is_ready(struct service *service, struct err *err);
void signer_stop(struct service *service);
void signer_collect(struct service *service);

/* The store of secrets as the configuration has it; also for commands that need it alone. */
bool signer_open_secrets(const struct signer_config *config, const struct clock *clock,
                         struct secret_store **ret_store, struct err *err) MUST_CHECK;

#endif
