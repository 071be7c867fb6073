/* flags.h: what the binary does instead of serving: --print-batch, --print-snapshot, --stdio. */
#ifndef MATCHING_FLAGS_H
#define MATCHING_FLAGS_H

#include "service/service.h"

extern const struct service_flag matching_flags[];

#endif
