/* flags.h: what the binary does instead of serving: --verify-audit, --print-policy. */
#ifndef SIGNER_FLAGS_H
#define SIGNER_FLAGS_H

#include "service/service.h"

extern const struct service_flag signer_flags[];

#endif
