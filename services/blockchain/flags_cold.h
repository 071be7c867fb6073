/* flags_cold.h: the flags for wallets whose keys are elsewhere (actions/cold.h). Exit statuses. */
#ifndef BLOCKCHAIN_FLAGS_COLD_H
#define BLOCKCHAIN_FLAGS_COLD_H

#include "service/service.h"

int cold_flag_unsigned(struct service *service, const char *text);
int cold_flag_inspect(struct service *service, const char *text);
int cold_flag_import(struct service *service, const char *text);

#endif
