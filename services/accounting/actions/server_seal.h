/*
 * server_seal.h: blockchains.server is sealed at rest (reference 8.7): it has the passwords of nodes, and tokens
 * that move what a custodian keeps. Without a store of secrets it stays as it was given. What is in clear (seeds,
 * rows of older versions) is believed as it is, and sealed by the next round of the thread `collect`.
 */
#ifndef ACCOUNTING_ACTIONS_SERVER_SEAL_H
#define ACCOUNTING_ACTIONS_SERVER_SEAL_H

#include <stdbool.h>

#include "accounting/actions/accounting.h"
#include "accounting/actions/catalog_change.h"

/* `secrets` may be NULL. NULL and "" are their own seal. The result lives in the arena. */
bool server_seal(struct secret_store *secrets, struct arena *arena, const char *key,
                 const char *server, const char **ret_sealed, struct err *err) MUST_CHECK;
/* ERR_PEER_UNAVAILABLE: the store is away. */
bool server_open(struct secret_store *secrets, struct arena *arena, const char *key,
                 const char *sealed, const char **ret_server, struct err *err) MUST_CHECK;

/* Those that are in clear. */
bool servers_seal(struct accounting *app, const struct change *change, struct err *err) MUST_CHECK;

#endif
