/* cold_family.h: what cold.c has in hand, and what a family of chains does with files of cold wallets. */
#ifndef BLOCKCHAIN_ACTIONS_COLD_FAMILY_H
#define BLOCKCHAIN_ACTIONS_COLD_FAMILY_H

#include "blockchain/actions/cold.h"
#include "blockchain/family/family.h"
#include "blockchain/state/catalogue.h"
#include "chain/bytes.h"
#include "db/db.h"

/* A chain of the catalogue, and its first node. */
struct cold_place {
    const struct blockchain_config *config;
    struct db *db;
    struct catalogues *catalogues;
    const struct catalogue *catalogue;
    const struct chain_entry *entry;
    struct node node;
};

struct cold_family {
    const char *name; /* of struct family */
    bool (*make)(struct cold_place *place, const struct cold_ask *ask, struct str *out,
                 struct err *err);
    bool (*show)(const char *client, const char *network, const struct str *file, struct str *out,
                 struct err *err);
    bool (*send)(struct cold_place *place, const struct str *file, struct str *out,
                 struct err *err);
};

extern const struct cold_family cold_family_coin, cold_family_evm;

/* Without blanks and line ends around it. */
struct span cold_trimmed(const struct str *file);
bool cold_is_hex(struct span text);

#endif
