/*
 * psbt.h: partially signed transactions of the Bitcoin-like chains (BIP-174, version 0): how a payout
 * travels between the gateway, the signer and people with keys on other machines.
 *
 * A PSBT is kept as its maps of keys and values, so that what we don't know passes through untouched.
 * What we do know is checked when it is read: the unsigned transaction is unsigned, a previous
 * transaction has the id that the input names, keys are points, nothing is there twice. Signatures are
 * believed only after they were verified (psbt_finalize, psbt_signature_add).
 *
 * Ownership: everything lives in the arena that is given; the bytes that were parsed must outlive it.
 * Looking at a previous transaction takes arena memory each time. One thread at a time.
 *
 *     if (!psbt_create(&tx, arena, &psbt, err) || !psbt_utxo_set(&psbt, 0, value, script, err) ||
 *         !psbt_derivation_add(&psbt, 0, key, fingerprint, &path, err)) return false;
 *     psbt_write_text(&psbt, &text);                                  // to the signer, and back:
 *     if (!psbt_finalize(&psbt, &is_complete, err) || !is_complete ||
 *         !psbt_extract(&psbt, &tx, err)) return false;
 *     coin_tx_write(&tx, true, &raw);
 */
#ifndef CHAIN_PSBT_H
#define CHAIN_PSBT_H

#include "base/arena.h"
#include "base/err.h"
#include "chain/coin_tx.h"
#include "chain/key_path.h"

enum {
    PSBT_BYTES_MAX = 4000000,
    PSBT_PAIRS_MAX = 128, /* of one map */
    PSBT_FINGERPRINT_SIZE = 4,
    COIN_SIGNATURE_MAX = 73 /* DER, and the byte of the type */
};

struct psbt_pair {
    struct span key; /* its type in front */
    struct span value;
};

/* Pairs in the order of their keys. */
struct psbt_map {
    struct psbt_pair *pairs;
    size_t count;
    size_t room;
};

struct psbt {
    struct arena *arena;
    struct coin_tx tx; /* unsigned */
    struct psbt_map global;
    struct psbt_map *inputs;  /* tx.inputs_count */
    struct psbt_map *outputs; /* tx.outputs_count */
};

struct psbt_derivation {
    uint8_t key[COIN_PUBLIC_KEY_SIZE];
    uint8_t fingerprint[PSBT_FINGERPRINT_SIZE]; /* of the master */
    struct key_path path;
};

/* ---- making, reading, writing ---- */

/* From a transaction without scripts and witnesses; its arrays must outlive the PSBT. */
bool psbt_create(const struct coin_tx *tx, struct arena *arena, struct psbt *ret_psbt,
                 struct err *err) MUST_CHECK;
bool psbt_parse(struct span bytes, struct arena *arena, struct psbt *ret_psbt, struct err *err)
    MUST_CHECK;
/* Base64, padded. */
bool psbt_parse_text(const char *text, size_t length, struct arena *arena, struct psbt *ret_psbt,
                     struct err *err) MUST_CHECK;
void psbt_write(const struct psbt *psbt, struct str *out);
void psbt_write_text(const struct psbt *psbt, struct str *out);

/* Adds what `other` knows. False: another transaction, or two values for one key. The bytes and the
 * arena of `other` must outlive `into`. */
bool psbt_combine(struct psbt *into, const struct psbt *other, struct err *err) MUST_CHECK;

/* ---- telling of input or output `at` (asserted to exist) ---- */

/* The output that a witness input spends. */
bool psbt_utxo_set(struct psbt *psbt, size_t at, uint64_t value, struct span script,
                   struct err *err) MUST_CHECK;
/* The whole transaction that it comes from: needed for p2pkh, allowed for all; its id must fit. */
bool psbt_previous_set(struct psbt *psbt, size_t at, struct span raw, struct err *err) MUST_CHECK;
bool psbt_witness_script_set(struct psbt *psbt, size_t at, struct span script, struct err *err)
    MUST_CHECK;
bool psbt_derivation_add(struct psbt *psbt, size_t at, const struct psbt_derivation *derivation,
                         struct err *err) MUST_CHECK;
/* Of an output: which change is ours, for the signer to check. */
bool psbt_output_derivation_add(struct psbt *psbt, size_t at,
                                const struct psbt_derivation *derivation, struct err *err)
    MUST_CHECK;

/* ---- asking ---- */

/*
 * What input `at` spends: out of the previous transaction, or as the PSBT claims (`ret_is_proven`,
 * may be NULL, says which). A claim is bound by the signature of a witness input, whose value must
 * then be right; of p2pkh only the proven one is given.
 */
bool psbt_spent(const struct psbt *psbt, size_t at, struct coin_output *ret_output,
                bool *ret_is_proven, struct err *err) MUST_CHECK;
/* Inputs less outputs. False: an input is unknown, or the outputs are more. */
bool psbt_fee(const struct psbt *psbt, uint64_t *ret_fee, struct err *err) MUST_CHECK;

/* The n-th one; false at the end. Uncompressed keys are passed over. */
bool psbt_derivation_at(const struct psbt *psbt, size_t at, size_t n,
                        struct psbt_derivation *ret_derivation) MUST_CHECK;
bool psbt_output_derivation_at(const struct psbt *psbt, size_t at, size_t n,
                               struct psbt_derivation *ret_derivation) MUST_CHECK;
/* Its length is 0 when there is none. */
struct span psbt_witness_script(const struct psbt *psbt, size_t at);
size_t psbt_signatures_count(const struct psbt *psbt, size_t at);
bool psbt_is_final(const struct psbt *psbt, size_t at);

/* ---- signing ---- */

/* What is signed for input `at`, which is p2pkh, p2wpkh or m of n in p2wsh, with SIGHASH_ALL.
 * False: of another kind, another type is asked for, or scripts don't fit each other. */
bool psbt_digest(const struct psbt *psbt, size_t at, uint8_t ret_digest[static 32], struct err *err)
    MUST_CHECK;

/* `der`: without the byte of the type. It is verified, and the key must be one of the input's. */
bool psbt_signature_add(struct psbt *psbt, size_t at,
                        const uint8_t key[static COIN_PUBLIC_KEY_SIZE], struct span der,
                        struct err *err) MUST_CHECK;

/* Completes each input that has its signatures. False: one of them is not what it should be. */
bool psbt_finalize(struct psbt *psbt, bool *ret_is_complete, struct err *err) MUST_CHECK;

/* The signed transaction; every input must be final. */
bool psbt_extract(const struct psbt *psbt, struct coin_tx *ret_tx, struct err *err) MUST_CHECK;

#endif
