/* flags.h: what the binary does instead of serving: --migrate, --seed DIR, --print-openapi ... */
#ifndef ACCOUNTING_FLAGS_H
#define ACCOUNTING_FLAGS_H

#include "service/service.h"

extern const struct service_flag accounting_flags[];

#endif
