/* flags_chain.h: --pause, --resume and --scan: what operators do with a chain, without the running service. */
#ifndef BLOCKCHAIN_FLAGS_CHAIN_H
#define BLOCKCHAIN_FLAGS_CHAIN_H

#include "service/service.h"

int pause_flag(struct service *service, const char *key);
int resume_flag(struct service *service, const char *key);
int scan_flag(struct service *service, const char *what); /* CHAIN/HEIGHT */

#endif
