/*
 * custody.h: a custody provider that speaks the BitGo Express API: wallets whose keys and blocks are
 * somebody else's business. The node's URL names one wallet:
 *
 *     https://bearer:ACCESS-TOKEN@express.internal:3080/api/v2/tbtc/wallet/585951a5df8380e0e3063e9f
 *
 * As a family (family_bitgo) it has no blocks: its tip stays at 1. What comes in is told by webhooks and read
 * from here (actions/custody.h). Errors as in family.h. The readers are pure and take any bytes.
 */
#ifndef BLOCKCHAIN_FAMILY_CUSTODY_H
#define BLOCKCHAIN_FAMILY_CUSTODY_H

#include "blockchain/family/family.h"

enum { CUSTODY_ID_SIZE = 65, CUSTODY_ENTRIES_MAX = 64 };

extern const struct family family_bitgo;

/* ---- calls ---- */

struct custody_address {
    char id[CUSTODY_ID_SIZE];
    char address[CHAIN_ADDRESS_SIZE]; /* "": the provider tells it later */
};
bool custody_address_new(struct node *node, struct custody_address *ret_address, struct err *err)
    MUST_CHECK;
bool custody_address_read(struct node *node, const char *id, struct custody_address *ret_address,
                          struct err *err) MUST_CHECK;

enum custody_state {
    CUSTODY_PENDING,     /* waits for approvals, or for its signatures */
    CUSTODY_UNCONFIRMED, /* on its way */
    CUSTODY_CONFIRMED,
    CUSTODY_FAILED /* failed, removed, rejected */
};

struct custody_entry {
    char address[CHAIN_ADDRESS_SIZE], units[CHAIN_UNITS_SIZE]; /* came in */
    uint32_t index;
};

struct custody_transfer {
    char id[CUSTODY_ID_SIZE], txid[CHAIN_HASH_SIZE], coin[32], wallet[CUSTODY_ID_SIZE];
    enum custody_state state;
    uint64_t height;
    char fee_units[CHAIN_UNITS_SIZE];
    struct custody_entry entries[CUSTODY_ENTRIES_MAX];
    size_t entries_count;
};
/* ERR_NOT_FOUND: the provider does not know it. */
bool custody_transfer_read(struct node *node, const char *id, struct custody_transfer *ret_transfer,
                           struct err *err) MUST_CHECK;

/* ---- readers; pure ---- */

bool custody_transfer_parse(const char *text, size_t length, struct custody_transfer *ret_transfer,
                            struct err *err) MUST_CHECK;

struct custody_notice_body {
    bool is_transfer; /* else there is nothing to do */
    char transfer_id[CUSTODY_ID_SIZE], wallet[CUSTODY_ID_SIZE], state[25];
};
bool custody_notice_parse(const char *text, size_t length, struct custody_notice_body *ret_notice,
                          struct err *err) MUST_CHECK;

#endif
