/* flags_seed.h: seeds into the store of secrets and out of it, by hand: --put-seed, --show-seed. */
#ifndef SIGNER_FLAGS_SEED_H
#define SIGNER_FLAGS_SEED_H

#include "service/service.h"

/* `family`: "bitcoin" or "ethereum". Exit status. */
int seed_flag_put(struct service *service, const char *family);
int seed_flag_show(struct service *service, const char *family);

#endif
