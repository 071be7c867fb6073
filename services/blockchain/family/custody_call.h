/* custody_call.h: the plain calls that custody.c and custody_call.c share. */
#ifndef BLOCKCHAIN_FAMILY_CUSTODY_CALL_H
#define BLOCKCHAIN_FAMILY_CUSTODY_CALL_H

#include "blockchain/family/custody.h"
#include "json/read.h"

#define CUSTODY_COIN "/../.." /* from .../COIN/wallet/ID to .../COIN */

/* The JSON at a path below the wallet. ERR_NOT_FOUND: 404; ERR_NODE_REFUSED: another refusal. */
bool custody_get(struct node *node, const char *path, cJSON **ret_root, struct err *err) MUST_CHECK;

#endif
