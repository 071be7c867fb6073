/* flags.h: what the binary does instead of serving: --migrate, --print-openapi PART. */
#ifndef BLOCKCHAIN_FLAGS_H
#define BLOCKCHAIN_FLAGS_H

#include "service/service.h"

extern const struct service_flag blockchain_flags[];

#endif
