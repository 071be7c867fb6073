/*
 * keys.h: the only room that sees private keys. A seed for each family of chains, from the store of
 * secrets; everything else is derived from it by BIP-32 when it is needed, and wiped after use.
 *
 *     m/84'/COIN'/ACCOUNT'/0/INDEX     Bitcoin-like (m/44' where there are no witness programs)
 *     m/44'/60'/ACCOUNT'/0/INDEX       Ethereum-like
 *
 * Seeds stand in one page that is locked into memory and left out of dumps; it is wiped at the end.
 * Nothing here writes a key into a text. Public keys of accounts are remembered.
 *
 * Threads: any, once it is open.
 */
#ifndef SIGNER_KEYS_KEYS_H
#define SIGNER_KEYS_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"
#include "chain/coin_params.h"
#include "chain/evm_tx.h"
#include "chain/key_path.h"
#include "chain/psbt.h"
#include "chain/xpub.h"
#include "secret/secret.h"
#include "signer/state/policy.h"
#include "signer/state/purpose.h"

enum { SEED_SIZE_MIN = 16, SEED_SIZE_MAX = 64, SEED_SIZE_MADE = 32, SEED_TEXT_SIZE = 2 * 64 + 1 };
enum { KEYS_SEARCHED = 32 };

/* Names of the secrets; their text is the seed in hexadecimal digits. */
#define SEED_BITCOIN_SECRET "signer-seed-bitcoin"
#define SEED_ETHEREUM_SECRET "signer-seed-ethereum"

struct keys;

/* A key of ours. */
struct key_place {
    const struct coin_params *coin; /* NULL: Ethereum-like */
    enum account account;
    uint32_t chain; /* 0: addresses that we give away; 1: change */
    uint32_t index;
};

/* `make`: seeds that are not there are made. ERR_CONFIG: no seed, or none that is one. */
bool keys_open(struct secret_store *secrets, bool make, struct keys **ret_keys, struct err *err)
    MUST_CHECK;
/* Of a seed from elsewhere, for both families (signing from a file); wipes nothing of the caller's. */
bool keys_of_seed(const uint8_t *seed, size_t length, struct keys **ret_keys, struct err *err)
    MUST_CHECK;
void keys_close(struct keys *keys); /* wipes; NULL is fine */
DEFINE_AUTO(struct keys, keys_close);

void key_place_path(const struct key_place *place, struct key_path *ret_path);
/* The place of a path, if it is one that we use with this chain. */
bool key_place_of_path(const struct coin_params *coin, const struct key_path *path,
                       struct key_place *ret_place) MUST_CHECK;

/* The extended public key of an account, and where it stands. */
bool keys_account(struct keys *keys, const struct coin_params *coin, enum account account,
                  char ret_xpub[static XPUB_TEXT_SIZE], char ret_path[static KEY_PATH_TEXT_SIZE],
                  struct err *err) MUST_CHECK;

bool keys_public(struct keys *keys, const struct key_place *place,
                 uint8_t ret_key[static XPUB_KEY_SIZE], struct err *err) MUST_CHECK;
/* Canonical text. */
bool keys_address(struct keys *keys, const struct key_place *place,
                  char ret_text[static POLICY_ADDRESS_SIZE], struct err *err) MUST_CHECK;

/* Whether the address is one of the first KEYS_SEARCHED of an account: for wallets, which have few. */
bool keys_search(struct keys *keys, const struct coin_params *coin, enum account account,
                 const char *address, bool *ret_is_own, struct err *err) MUST_CHECK;

/* ECDSA with the nonce of RFC 6979, low s: the same digest has the same signature for ever. */
bool keys_sign(struct keys *keys, const struct key_place *place, const uint8_t digest[static 32],
               struct evm_signature *ret_signature, struct err *err) MUST_CHECK;
/* Adds the signature of input `at`, which must be of this key. */
bool keys_sign_psbt(struct keys *keys, const struct key_place *place, struct psbt *psbt, size_t at,
                    struct err *err) MUST_CHECK;

/* Whether the page with the seeds is locked into memory: false where RLIMIT_MEMLOCK is 0. */
bool keys_are_locked(const struct keys *keys);
/* Hexadecimal digits of a seed; nothing else but a line end. */
bool seed_text_is_valid(const struct str *text);

#endif
