/*
 * evm_tx.h: transactions of the Ethereum-like chains that we send: type 2 (EIP-1559), and the old kind
 * bound to its chain (EIP-155) for chains without a fee market.
 *
 * The digest binds chain, nonce, fees, destination, value and data. A parsed transaction points into
 * its raw bytes. No private key here: signatures come from the signer. Pure; any thread.
 */
#ifndef CHAIN_EVM_TX_H
#define CHAIN_EVM_TX_H

#include "base/err.h"
#include "chain/bytes.h"
#include "chain/evm_address.h"
#include "chain/u256.h"

enum { EVM_TX_BYTES_MAX = 128 * 1024, EVM_TX_HASH_SIZE = 32, EVM_TX_GAS_PLAIN = 21000 };

enum evm_tx_kind {
    EVM_TX_FEE_MARKET, /* max_fee and max_priority_fee, per unit of gas */
    EVM_TX_LEGACY      /* max_fee is the gas price */
};

struct evm_tx {
    enum evm_tx_kind kind;
    uint64_t chain_id; /* never 0 */
    uint64_t nonce;
    struct u256 max_priority_fee;
    struct u256 max_fee;
    uint64_t gas;
    bool is_creation; /* there is no `to` */
    struct evm_address to;
    struct u256 value;
    struct span data;
};

struct evm_signature {
    uint8_t parity; /* 0 or 1: which of two points */
    uint8_t r[32];
    uint8_t s[32]; /* in the lower half of the order */
};

/* What is signed. */
void evm_tx_digest(const struct evm_tx *tx, uint8_t ret_digest[static EVM_TX_HASH_SIZE]);

/* The raw transaction for eth_sendRawTransaction, and its hash (the transaction id). */
void evm_tx_write(const struct evm_tx *tx, const struct evm_signature *signature, struct str *out);
void evm_tx_hash(struct span raw, uint8_t ret_hash[static EVM_TX_HASH_SIZE]);
/* "0x" and 64 digits of 32 bytes, as nodes show hashes. */
const char *evm_hash_text(const uint8_t hash[static 32], char buffer[static 67]);

/* Strict; no access lists. False: ERR_INVALID. */
bool evm_tx_parse(struct span raw, struct evm_tx *ret_tx, struct evm_signature *ret_signature,
                  struct err *err) MUST_CHECK;

/* Who signed; false: the signature is of nobody, or high. */
bool evm_digest_signer(const uint8_t digest[static EVM_TX_HASH_SIZE],
                       const struct evm_signature *signature, struct evm_address *ret_signer)
    MUST_CHECK;
bool evm_tx_sender(const struct evm_tx *tx, const struct evm_signature *signature,
                   struct evm_address *ret_sender) MUST_CHECK;

/* The most that it can cost: value + gas × max_fee. False: above 256 bits. */
bool evm_tx_cost_max(const struct evm_tx *tx, struct u256 *ret_cost) MUST_CHECK;

#endif
