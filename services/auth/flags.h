/* flags.h: what the binary does instead of serving: --migrate, --seed DIR, ... */
#ifndef AUTH_FLAGS_H
#define AUTH_FLAGS_H

#include "service/service.h"

extern const struct service_flag auth_flags[];

#endif
