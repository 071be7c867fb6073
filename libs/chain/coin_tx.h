/*
 * coin_tx.h: transactions of the Bitcoin-like chains: read, written, identified, measured, and what
 * is signed of them (legacy, and BIP-143 for witness programs).
 *
 * Ownership: the arrays of a parsed transaction live in the arena that is given; scripts and witness
 * stacks are pieces of the bytes that were parsed, which must outlive it. A transaction that is built
 * points wherever its maker put things. One thread at a time.
 *
 * Parsers believe no length: every count is checked against the bytes that are left.
 *
 *     struct coin_tx tx;
 *     if (!coin_tx_parse(span_of(bytes, length), arena, &tx, err)) return false;
 *     coin_tx_id(&tx, txid);
 */
#ifndef CHAIN_COIN_TX_H
#define CHAIN_COIN_TX_H

#include "base/arena.h"
#include "base/err.h"
#include "chain/bytes.h"
#include "chain/coin_script.h"

enum {
    COIN_TX_BYTES_MAX = 4000000,          /* consensus */
    COIN_TX_WEIGHT_STANDARD_MAX = 400000, /* above it nodes don't pass a transaction on */
    COIN_WITNESS_SCALE = 4,
    COIN_SIGHASH_ALL = 1
};

/* Of the inputs that we make: the transaction may be replaced by one with a higher fee (BIP-125). */
#define COIN_SEQUENCE_REPLACEABLE 0xfffffffdu

/* All there will ever be, of any chain we know: 84 million × 10^8. */
#define COIN_VALUE_MAX 8400000000000000ull

struct coin_input {
    uint8_t txid[TXID_SIZE]; /* as on the wire, not as shown */
    uint32_t index;
    uint32_t sequence;
    struct span script; /* scriptSig */
    struct span
        witness; /* the stack as on the wire: count, then items with their lengths; or none */
};

struct coin_output {
    uint64_t value;
    struct span script;
};

struct coin_tx {
    uint32_t version;
    uint32_t lock_time;
    struct coin_input *inputs;
    size_t inputs_count;
    struct coin_output *outputs;
    size_t outputs_count;
    struct span payload; /* of Dash's special transactions (DIP-2), its length in front; or none */
};

/* False: ERR_INVALID, or ERR_INTERNAL when the arena is full. The whole span must be it. */
bool coin_tx_parse(struct span bytes, struct arena *arena, struct coin_tx *ret_tx, struct err *err)
    MUST_CHECK;

/* The same, never in the form with witnesses: the transaction of a PSBT may have no inputs yet, which
 * that form would be taken for. */
bool coin_tx_parse_stripped(struct span bytes, struct arena *arena, struct coin_tx *ret_tx,
                            struct err *err) MUST_CHECK;

/* Without witness it is what the id is made of; with it the witness is written if there is any. */
void coin_tx_write(const struct coin_tx *tx, bool with_witness, struct str *out);
bool coin_tx_has_witness(const struct coin_tx *tx);

void coin_tx_id(const struct coin_tx *tx, uint8_t ret_txid[static TXID_SIZE]);
size_t coin_tx_size(const struct coin_tx *tx, bool with_witness); /* bytes of coin_tx_write() */
size_t coin_tx_weight(const struct coin_tx *tx);
size_t coin_tx_vsize(const struct coin_tx *tx); /* weight / 4, rounded up: what fees are paid for */
bool coin_tx_is_coinbase(const struct coin_tx *tx);

/* The sum of the outputs; false: above COIN_VALUE_MAX. */
bool coin_tx_value(const struct coin_tx *tx, uint64_t *ret_value) MUST_CHECK;

/* ---- what is signed ---- */

/* Input `at` (asserted to exist), COIN_SIGHASH_ALL. `script`: the output script that is spent. */
void coin_sighash_legacy(const struct coin_tx *tx, size_t at, struct span script,
                         uint8_t ret_digest[static 32]);

/* BIP-143, any type. `script_code`: coin_script_code() for p2wpkh, the witness script for p2wsh. */
void coin_sighash_witness(const struct coin_tx *tx, size_t at, struct span script_code,
                          uint64_t value, uint32_t type, uint8_t ret_digest[static 32]);

/* The p2pkh script of a p2wpkh output's key hash. */
struct coin_script coin_script_code(const uint8_t key_hash[static 20]);

/* ---- witness stacks and script pushes ---- */

void coin_witness_write(const struct span *items, size_t count, struct str *out);
/* Item by item: reader_span(&reader, reader_compact(&reader)), `*ret_count` times. */
struct reader coin_witness_reader(struct span witness, uint64_t *ret_count);
void coin_push_write(struct span data, struct str *out); /* data up to 520 bytes (asserted) */

#endif
