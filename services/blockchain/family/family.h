/*
 * family.h: what the gateway asks of a node, whatever chain is behind it. A family (Bitcoin-like,
 * Ethereum-like, custody) is one table of functions in one file of this folder; a chain of a known
 * family is a row of clients.c and nothing else.
 *
 * Every function works on one struct node: one connection to one provider, which belongs to one
 * thread. Which provider that is, and what happens when it fails, is the business of providers.h.
 *
 * Amounts are integers of the smallest unit as decimal text ("150000000"): at most 78 digits, no sign,
 * no leading zeros. Ids of transactions and blocks are lower-case text as the chain shows them: 64 hex
 * digits, with "0x" in front on Ethereum-like chains.
 *
 * Errors, for all functions:
 *   ERR_PEER_UNAVAILABLE  no answer, refused, still warming up: another provider may do, or later
 *   ERR_PROTOCOL          nonsense: counts against the provider like the above
 *   ERR_NODE_REFUSED      the node answered with an error; asking another changes nothing
 *   ERR_NOT_FOUND         the thing that was asked for is not there (a height above the tip)
 *   ERR_GONE              it was there and the node has it no longer (pruned)
 *   ERR_INVALID           what we asked with is wrong (an address)
 */
#ifndef BLOCKCHAIN_FAMILY_FAMILY_H
#define BLOCKCHAIN_FAMILY_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "blockchain/domain/watch_set.h"

enum {
    CHAIN_KEY_SIZE = 33,
    CHAIN_HASH_SIZE = 67, /* "0x", 64 digits */
    CHAIN_UNITS_SIZE = 80,
    CHAIN_ADDRESS_SIZE = 128,
    CHAIN_CONTRACT_SIZE = 44, /* "" is the native coin */
    CHAIN_NETWORK_SIZE = 24,  /* "main", "test", "regtest"; of Ethereum-like chains the chain id */
    CHAIN_REASON_SIZE = 216,
    CHAIN_SYMBOL_SIZE = 33,
    CHAIN_BALANCES_MAX = 200
};

struct rpc;    /* rpc.h */
struct family; /* below */

/* A row of clients.c: `blockchains.client` of accounting. */
struct chain_client {
    const char *name; /* "litecoin" */
    const struct family *family;
    uint32_t coin_type;         /* BIP-44, on the main network */
    uint32_t purpose;           /* BIP-43: 84 or 44 */
    uint32_t coinbase_maturity; /* confirmations that a mined coin waits for */
    bool is_custody;            /* somebody else has the keys and makes the addresses */
};
const struct chain_client *chain_client_find(const char *name); /* NULL: none */

/* One provider, as the functions of a family see it. One thread. */
struct node {
    struct rpc *rpc;
    const struct chain_client *client;
    char network[CHAIN_NETWORK_SIZE]; /* "" before it was identified */
    bool has_no_traces;               /* Ethereum-like: it does not offer them */
    bool has_index;                   /* Bitcoin-like: of transactions, it said so */
};

/* ---- what a block holds for us ---- */

/* Somebody paid one of our addresses. */
struct found_transfer {
    char txid[CHAIN_HASH_SIZE];
    uint32_t index; /* output; or the place of the log or of the inner call, as the family counts */
    char contract[CHAIN_CONTRACT_SIZE]; /* lower case */
    uint64_t address_id;                /* what the watch set said */
    char units[CHAIN_UNITS_SIZE];
    char from[CHAIN_ADDRESS_SIZE]; /* "" unknown */
    uint32_t maturity;             /* least confirmations, above those of the chain; 0: none */
    bool is_unlisted; /* a token whose contract is not listed: for people; if they are asked for */
};

/* One of our addresses or coins was spent by this transaction. */
struct found_spend {
    char txid[CHAIN_HASH_SIZE];
    char prev_txid[CHAIN_HASH_SIZE]; /* Bitcoin-like: the coin; else "" */
    uint32_t prev_index;
    uint64_t address_id;              /* Ethereum-like: the sender; Bitcoin-like: 0 */
    uint64_t nonce;                   /* Ethereum-like */
    bool is_failed;                   /* Ethereum-like: mined with status 0 */
    char fee_units[CHAIN_UNITS_SIZE]; /* native coin; "" unknown */
};

/* A part that can't be read or judged now: parked with its reason and tried again (W-17). */
struct found_parked {
    char txid[CHAIN_HASH_SIZE]; /* "" unknown */
    uint32_t index;
    const char *reason; /* a word: "undecodable", "receipt_missing" */
    /* NULL, or what it says it brings: the node can't tell whether it does (balance_unknown), or, when it is
     * refuted, tells that something else came (brought_otherwise). */
    const struct found_transfer *claim;
    bool is_refuted;
};

/* Where a family puts what it finds; calls in the order of the block. False: give up with `err`. */
struct block_sink {
    void *arg;
    bool (*transfer)(void *arg, const struct found_transfer *transfer, struct err *err);
    bool (*spend)(void *arg, const struct found_spend *spend, struct err *err);
    bool (*parked)(void *arg, const struct found_parked *parked, struct err *err);
};

struct chain_asset; /* state/catalogue.h */

/* What to look for. `assets` are those of the catalogue: only their contracts count. */
struct block_question {
    uint64_t height;
    char hash[CHAIN_HASH_SIZE];
    const char
        *only_txid; /* NULL: the whole block; else this transaction alone (parked, explain) */
    const struct watch_set *watch;
    const struct chain_asset *assets;
    size_t assets_count;
    bool wants_unlisted; /* Ethereum-like: tokens of other contracts too */
    bool
        believes_logs; /* Ethereum-like: balances are not compared with what the logs of tokens say */
};

struct block_head {
    uint64_t height;
    char hash[CHAIN_HASH_SIZE], parent[CHAIN_HASH_SIZE];
    int64_t time_s;
    uint32_t transactions;
};

/* ---- what else a node is asked ---- */

struct chain_identity {
    char network[CHAIN_NETWORK_SIZE];
    bool is_syncing; /* it knows that it is behind */
    char software[64];
};

struct chain_tip {
    uint64_t height;
    char hash[CHAIN_HASH_SIZE];
};

enum tx_place { TX_UNKNOWN, TX_MEMPOOL, TX_MINED };

struct tx_status {
    enum tx_place place;
    bool is_failed; /* mined, without effect */
    uint64_t height;
    char block_hash[CHAIN_HASH_SIZE];
    uint64_t confirmations;
    char fee_units[CHAIN_UNITS_SIZE]; /* "" unknown */
};

/* What an address is, without asking anybody. */
struct address_form {
    bool is_valid;
    char canonical[CHAIN_ADDRESS_SIZE]; /* the form that we store and compare */
    enum watch_kind kind;
    uint8_t hash[WATCH_KEY_BYTES_MAX]; /* what a script, a log pays to */
    size_t hash_length;
    char reason[CHAIN_REASON_SIZE]; /* why it is not valid: "checksum", "network", ... */
};

struct fee_rate {
    uint64_t per_unit; /* smallest units a virtual byte × 1000 (Bitcoin-like), a gas (others) */
    uint64_t priority; /* Ethereum-like: of it, the tip of the miner */
    bool is_estimated; /* else a fallback: the node has not enough data */
    bool
        is_gas_price; /* Ethereum-like: the chain has no EIP-1559, and `per_unit` is all there is */
    char native_units[32]; /* cost of a plain payment */
};

struct chain_asset_said {
    uint32_t decimals;
    unsigned samples;               /* transfers of it that were compared with what they brought */
    char symbol[CHAIN_SYMBOL_SIZE]; /* printable ASCII; "" if it has none */
};

/* An unspent output that our records have. */
struct coin_asked {
    const char *txid, *address;
    uint32_t vout;
};

struct derived_address {
    char address[CHAIN_ADDRESS_SIZE];
    enum watch_kind kind;
    uint8_t hash[WATCH_KEY_BYTES_MAX];
    size_t hash_length;
};

/*
 * The functions of a family. None is NULL but those that say so.
 *
 * block_read gets a hash, not a height: whatever the node's best chain becomes meanwhile, we read the
 * block that we decided on. It calls the sink for every part that is for us and must not give up for
 * one part: that goes to sink->parked.
 */
struct family {
    const char *name; /* "bitcoin", "ethereum", "bitgo" */
    bool (*identify)(struct node *node, struct chain_identity *ret_identity, struct err *err);
    bool (*tip)(struct node *node, struct chain_tip *ret_tip, struct err *err);
    bool (*block_hash)(struct node *node, uint64_t height, char ret_hash[static CHAIN_HASH_SIZE],
                       struct err *err);
    bool (*block_head)(struct node *node, const char *hash, struct block_head *ret_head,
                       struct err *err);
    bool (*block_read)(struct node *node, const struct block_question *question,
                       const struct block_sink *sink, struct block_head *ret_head, struct err *err);
    bool (*tx_status)(struct node *node, const char *txid, struct tx_status *ret_status,
                      struct err *err);
    /* NULL: the family can't say; then what we know is the sum of our own records. */
    bool (*balance)(struct node *node, const char *address, const char *contract,
                    char ret_units[static CHAIN_UNITS_SIZE], struct err *err);
    /* Of many (at most CHAIN_BALANCES_MAX) at one height, by one request. NULL: as above. */
    bool (*balances)(struct node *node, const char *const *addresses, size_t count,
                     const char *contract, uint64_t height, char (*ret_units)[CHAIN_UNITS_SIZE],
                     struct err *err);
    /* What coins (at most CHAIN_BALANCES_MAX) are worth at the tip: "0" one that is spent, or that is not its
     * address's. ERR_STATE_CONFLICT: the tip is not `hash`. NULL: the family has balances, or nothing. */
    bool (*coins)(struct node *node, const struct coin_asked *coins, size_t count, const char *hash,
                  char (*ret_units)[CHAIN_UNITS_SIZE], struct err *err);
    /* What a contract says of itself. ERR_INVALID: nothing usable, the story says why. NULL: the family
     * has no contracts. */
    bool (*asset_read)(struct node *node, const char *contract, struct chain_asset_said *ret_said,
                       struct err *err);
    /* Gives the bytes to the network. True as well when it has them already, in the pool or in a block.
     * ERR_NODE_REFUSED: invalid for this node now; the story says why (inputs spent, fee too low). */
    bool (*broadcast)(struct node *node, const char *raw_hex, struct err *err);
    bool (*fee_rate)(struct node *node, const char *speed, struct fee_rate *ret_rate,
                     struct err *err);
    /* Whether code lives there. NULL: the family has no such thing. */
    bool (*is_contract)(struct node *node, const char *address, bool *ret_is_contract,
                        struct err *err);
    /* ---- pure ---- */
    void (*address_form)(const struct chain_client *client, const char *network, const char *text,
                         struct address_form *ret_form);
    /* The address of index `index` below an account's xpub (BIP-44: change 0). */
    bool (*address_derive)(const struct chain_client *client, const char *network, const char *xpub,
                           uint32_t index, struct derived_address *ret_address, struct err *err);
    /* Whether the coins of this network are worth something. NULL: somebody else answers for them. */
    bool (*is_main)(const char *network);
};

extern const struct family family_bitcoin;
extern const struct family family_ethereum;

#endif
