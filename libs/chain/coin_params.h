/*
 * coin_params.h: what tells the Bitcoin-like chains apart, one row a chain and network.
 *
 * `coin_` is our word for the Bitcoin-like family, `evm_` for the Ethereum-like one. Rows live for ever;
 * any thread.
 */
#ifndef CHAIN_COIN_PARAMS_H
#define CHAIN_COIN_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the work of a header is counted by. */
enum coin_work {
    COIN_WORK_SHA256, /* twice */
    COIN_WORK_SCRYPT,
    COIN_WORK_X11 /* which we don't have: the node is believed */
};

struct coin_params {
    const char *client;  /* as in blockchains.client: "bitcoin", "litecoin", "dash" */
    const char *network; /* "main", "test", "regtest" */
    const char *title;   /* for people: "Litecoin (regtest)" */
    const char *prefix;  /* of bech32; NULL: the chain has no witness programs */
    const char
        *prefix_refused; /* of addresses that the chain has and we don't pay (MWEB); or NULL */
    uint8_t version_p2pkh;
    uint8_t version_p2sh;
    int version_p2sh_old; /* a second one that another chain has as well, refused; -1: none */
    uint32_t version_xpub;
    uint32_t version_xprv;
    uint32_t purpose;    /* of the derivation path: 84 (witness) or 44 */
    uint32_t coin_type;  /* of the derivation path (SLIP-44); 1 on test networks */
    const char *genesis; /* the hash of block 0, as shown */
    enum coin_work work;
    uint32_t bits_limit; /* the least work that a block may have, as its header has it */
};

/* NULL: we don't know such a chain. */
const struct coin_params *coin_params_find(const char *client, const char *network);
/* By what a node says of block 0, which tells all networks apart; NULL: unknown, or another chain. */
const struct coin_params *coin_params_find_genesis(const char *client, const char *genesis);

/* All of them, for messages that name the chain which an address belongs to. */
const struct coin_params *coin_params_all(size_t *ret_count);

#endif
