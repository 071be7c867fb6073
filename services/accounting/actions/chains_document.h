/*
 * chains_document.h: what the blockchain gateway must know of the catalog: chains with their nodes,
 * assets, wallets and contracts, as one JSON document (README of services/blockchain):
 *
 *     {"version":n,"chains":[{"key","client","status","min_confirmations","start_height","servers",
 *      "gas_speed","assets":[...],"wallets":[...],"whitelist":[...]}]}
 *
 * The version is a digest of the chains: it is the same, in every process, as long as they are.
 */
#ifndef ACCOUNTING_ACTIONS_CHAINS_DOCUMENT_H
#define ACCOUNTING_ACTIONS_CHAINS_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/store/catalog_write.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "db/db.h"

struct secret_store;

/* ERR_PEER_UNAVAILABLE: the store that opens the servers is away. */
bool chains_document(struct db *db, struct secret_store *secrets, struct arena *arena,
                     struct str *out, int64_t *ret_version, struct err *err) MUST_CHECK;

/* The token contract that a network names in its options; "": the chain's own coin. In the arena;
 * NULL: no memory. */
const char *network_contract(struct arena *arena, const struct network *network);

#endif
