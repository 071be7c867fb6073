/*
 * coin_script.h: output scripts of the Bitcoin-like chains: what kind one is, and those that we make.
 *
 * Only the five kinds with an address are credited and paid; the others are told apart so that an
 * operator reads why something that came in was left alone. Scripts are never run here.
 * Pure; any thread.
 */
#ifndef CHAIN_COIN_SCRIPT_H
#define CHAIN_COIN_SCRIPT_H

#include "base/err.h"
#include "chain/bytes.h"

enum coin_script_kind {
    COIN_P2PKH,
    COIN_P2SH,
    COIN_P2WPKH,
    COIN_P2WSH,
    COIN_P2TR,
    /* The rest has no address that we know. */
    COIN_P2PK,            /* a bare key */
    COIN_BARE_MULTISIG,   /* m of n keys in the open, perhaps one of ours among them */
    COIN_DATA,            /* OP_RETURN */
    COIN_TIMELOCKED,      /* has OP_CHECKLOCKTIMEVERIFY or OP_CHECKSEQUENCEVERIFY */
    COIN_WITNESS_UNKNOWN, /* a witness version or length that is not defined yet */
    COIN_NONSTANDARD
};

enum {
    COIN_SCRIPT_MAX = 10000,     /* consensus */
    COIN_OUTPUT_SCRIPT_MAX = 34, /* of the kinds that have an address */
    COIN_PUBLIC_KEY_SIZE = 33,
    COIN_MULTISIG_KEYS_MAX = 16,
    COIN_MULTISIG_SCRIPT_MAX = 3 + COIN_MULTISIG_KEYS_MAX * (1 + COIN_PUBLIC_KEY_SIZE)
};

/* The script of an output that we pay to or watch. Plain data. */
struct coin_script {
    uint8_t bytes[COIN_OUTPUT_SCRIPT_MAX];
    uint8_t length;
};

static inline struct span coin_script_span(const struct coin_script *script)
{
    return (struct span){script->bytes, script->length};
}

static inline bool coin_script_has_address(enum coin_script_kind kind)
{
    return kind <= COIN_P2TR;
}
const char *coin_script_kind_text(enum coin_script_kind kind); /* "p2wpkh", "op_return", ... */

/* `ret_program` (may be NULL): hash, witness program or key of the kinds up to COIN_P2PK. */
enum coin_script_kind coin_script_classify(struct span script, struct span *ret_program);

/* kind: one that has an address; 20 bytes, or 32 for COIN_P2WSH and COIN_P2TR. */
struct coin_script coin_script_make(enum coin_script_kind kind, const uint8_t *program);

/* ---- m of n, keys in the open: the witness script of p2wsh ---- */

struct coin_multisig {
    unsigned threshold;
    unsigned count;
    uint8_t keys[COIN_MULTISIG_KEYS_MAX][COIN_PUBLIC_KEY_SIZE]; /* in the order of the script */
};

/* Compressed keys only. False: the script is no m of n of them. */
bool coin_multisig_parse(struct span script, struct coin_multisig *ret_multisig) MUST_CHECK;
/* 1 <= threshold <= count <= COIN_MULTISIG_KEYS_MAX (asserted). Appends the script. */
void coin_multisig_write(const struct coin_multisig *multisig, struct str *out);
/* Puts the keys in the order of BIP-67, so that one set of keys has one address. */
void coin_multisig_sort(struct coin_multisig *multisig);

/* The output script of p2wsh for a witness script. */
struct coin_script coin_script_of_witness(struct span witness_script);
/* Of a compressed key: COIN_P2PKH or COIN_P2WPKH. */
struct coin_script coin_script_of_key(enum coin_script_kind kind,
                                      const uint8_t key[static COIN_PUBLIC_KEY_SIZE]);

#endif
