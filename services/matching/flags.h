/* flags.h: what the binary does instead of serving: printing the documents of the protocol. */
#ifndef MATCHING_FLAGS_H
#define MATCHING_FLAGS_H

#include "service/service.h"

extern const struct service_flag matching_flags[];

#endif
