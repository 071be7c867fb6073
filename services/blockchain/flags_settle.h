/* flags_settle.h: --settle-payout: what an operator says of a payout (actions/payout_settle.h), on the machine. */
#ifndef BLOCKCHAIN_FLAGS_SETTLE_H
#define BLOCKCHAIN_FLAGS_SETTLE_H

#include "service/service.h"

int settle_flag(struct service *service, const char *text);

#endif
