/*
 * custody.h: a custody provider that speaks the BitGo Express API: wallets whose keys and blocks are
 * somebody else's business. The node's URL names one wallet:
 *
 *     https://bearer:ACCESS-TOKEN@express.internal:3080/api/v2/tbtc/wallet/585951a5df8380e0e3063e9f
 *
 * As a family (family_bitgo) it has no blocks: its tip stays at 1. What comes in is told by webhooks and read
 * from here (actions/custody.h); what goes out is asked for and looked up by its sequence id, which is the
 * id of the payout (actions/payout_custody.c). Errors as in family.h. The readers are pure and take any bytes.
 */
#ifndef BLOCKCHAIN_FAMILY_CUSTODY_H
#define BLOCKCHAIN_FAMILY_CUSTODY_H

#include "blockchain/family/family.h"

enum {
    CUSTODY_ID_SIZE = 65,
    CUSTODY_STATE_SIZE = 25,
    CUSTODY_ENTRIES_MAX = 64,
    CUSTODY_ANSWER_BYTES_MAX = 256 * 1024,
    CUSTODY_WEBHOOKS_MAX = 100, /* that a wallet may have before we read no further */
    CUSTODY_SAID_SIZE = 121
};

extern const struct family family_bitgo;

/* ---- addresses ---- */

struct custody_address {
    char id[CUSTODY_ID_SIZE];
    char address[CHAIN_ADDRESS_SIZE]; /* "": the provider tells it later */
};
bool custody_address_new(struct node *node, struct custody_address *ret_address, struct err *err)
    MUST_CHECK;
bool custody_address_read(struct node *node, const char *id, struct custody_address *ret_address,
                          struct err *err) MUST_CHECK;

/* ---- the wallet ---- */

struct custody_wallet {
    char id[CUSTODY_ID_SIZE];
    char balance_units[CHAIN_UNITS_SIZE], spendable_units[CHAIN_UNITS_SIZE];
};
bool custody_wallet_read(struct node *node, struct custody_wallet *ret_wallet, struct err *err)
    MUST_CHECK;

/* ---- transfers ---- */

enum custody_state {
    CUSTODY_PENDING,     /* waits for approvals, or for its signatures */
    CUSTODY_UNCONFIRMED, /* on its way */
    CUSTODY_CONFIRMED,
    CUSTODY_FAILED, /* failed, rejected: the custodian is done with it */
    CUSTODY_REMOVED /* removed, replaced: on no chain now, and may come back */
};

struct custody_entry {
    char address[CHAIN_ADDRESS_SIZE], units[CHAIN_UNITS_SIZE]; /* came to it */
    uint32_t index;
};

struct custody_transfer {
    char id[CUSTODY_ID_SIZE], txid[CHAIN_HASH_SIZE], coin[32], wallet[CUSTODY_ID_SIZE];
    char sequence_id[CUSTODY_ID_SIZE], approval_id[CUSTODY_ID_SIZE]; /* "" none */
    char said[CUSTODY_STATE_SIZE];                                   /* the state, in its word */
    enum custody_state state;
    bool is_received; /* somebody else's payment to the wallet */
    uint64_t height, confirmations;
    char fee_units[CHAIN_UNITS_SIZE]; /* "" unknown */
    struct custody_entry entries[CUSTODY_ENTRIES_MAX];
    size_t entries_count;
};
/* ERR_NOT_FOUND: the provider does not know it. */
bool custody_transfer_read(struct node *node, const char *id, struct custody_transfer *ret_transfer,
                           struct err *err) MUST_CHECK;
bool custody_transfer_of_sequence(struct node *node, const char *sequence_id,
                                  struct custody_transfer *ret_transfer, struct err *err)
    MUST_CHECK;

enum { CUSTODY_LIST_MAX = 25 };
struct custody_listed {
    char id[CUSTODY_ID_SIZE], said[CUSTODY_STATE_SIZE];
};
struct custody_list {
    struct custody_listed rows[CUSTODY_LIST_MAX];
    size_t count;
    char next[CUSTODY_ID_SIZE]; /* where the older ones begin; "" : these were the last */
};
/* What came to the wallet, the newest first; `before` "": from the beginning. A row that can't be read is left
 * out, for it can't be asked about either. */
bool custody_list_read(struct node *node, const char *before, struct custody_list *ret_list,
                       struct err *err) MUST_CHECK;

/* ---- payments ---- */

/* What became of a question to pay. Only a refusal says that nothing happened. */
enum custody_outcome {
    CUSTODY_TAKEN,   /* look it up by its sequence id */
    CUSTODY_HELD,    /* 202: people have to approve it there */
    CUSTODY_REFUSED, /* 4xx with the provider's reason */
    CUSTODY_NO_WORD  /* anything else: it may be paid */
};

struct custody_answer {
    enum custody_outcome outcome;
    char approval_id[CUSTODY_ID_SIZE]; /* of CUSTODY_HELD; "" not told */
    char said[CUSTODY_SAID_SIZE];      /* why, printable */
    bool is_short;                     /* refused because the wallet holds too little */
};
/* `request` is the stored body; `passphrase` opens the wallet's key and is in no table ("" none). Asks
 * once and never fails: no answer is an outcome. */
void custody_send(struct node *node, const char *request, const char *passphrase,
                  struct custody_answer *ret_answer);

/* ERR_NODE_REFUSED: the provider can't say. */
bool custody_fee_estimate(struct node *node, const char *to, const char *units,
                          char ret_units[static CHAIN_UNITS_SIZE], struct err *err) MUST_CHECK;

enum custody_approval { CUSTODY_APPROVAL_PENDING, CUSTODY_APPROVED, CUSTODY_REJECTED };
bool custody_approval_read(struct node *node, const char *id, enum custody_approval *ret_state,
                           struct err *err) MUST_CHECK;

/* ---- webhooks ---- */

/* Registers `url` for what happens to transfers and approvals, unless it is there already. */
bool custody_webhooks_put(struct node *node, const char *url, bool *ret_is_new, struct err *err)
    MUST_CHECK;

/* ---- readers; pure ---- */

bool custody_transfer_parse(const char *text, size_t length, struct custody_transfer *ret_transfer,
                            struct err *err) MUST_CHECK;
void custody_answer_parse(long status, const char *text, size_t length,
                          struct custody_answer *ret_answer);

struct custody_notice_body {
    bool is_transfer; /* else there is nothing to keep */
    bool is_approval; /* somebody decided: look at what waits */
    char transfer_id[CUSTODY_ID_SIZE], wallet[CUSTODY_ID_SIZE], state[CUSTODY_STATE_SIZE];
};
bool custody_notice_parse(const char *text, size_t length, struct custody_notice_body *ret_notice,
                          struct err *err) MUST_CHECK;

/* Letters, digits, '-' and '_': what may stand in a path. False: it is something else, or too long. */
bool custody_id_copy(const char *text, char *ret_id, size_t size);
bool custody_is_address(const char *text);

struct custody_wanted {
    const char *payout_id, *wallet, *to, *units;
    const char *fee_estimate; /* "0": none was told */
};
/* Whether a transfer is the one that was asked for: ours, to that address, exactly so much, for a fee that can
 * be. ERR_PROTOCOL, with what differs. */
bool custody_transfer_is(const struct custody_transfer *transfer,
                         const struct custody_wanted *wanted, struct err *err) MUST_CHECK;

#endif
