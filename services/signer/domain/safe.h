/*
 * safe.h: transactions of Safe contract wallets (version 1.3 and later), as owners sign them: the EIP-712
 * digest of a SafeTx, the packed signatures, and the call that anybody may send with them.
 *
 * Only plain calls without refunds: no delegate calls, and gas is the matter of whoever sends it. Pure.
 */
#ifndef SIGNER_DOMAIN_SAFE_H
#define SIGNER_DOMAIN_SAFE_H

#include "chain/evm_tx.h"

enum { SAFE_SIGNATURE_SIZE = 65, SAFE_OWNERS_MAX = 32 };

struct safe_tx {
    uint64_t chain_id;
    struct evm_address safe;
    uint64_t nonce; /* the contract's, not the account's */
    struct evm_address to;
    struct u256 value;
    struct span data;
};

enum { SAFE_INPUT_SIZE = 80 };
/* What it uses up, for state/spends.h: the contract takes each of its numbers once, whatever account sends
 * it. */
void safe_input_text(const struct safe_tx *tx, char ret_text[static SAFE_INPUT_SIZE]);

/* What an owner signs. */
void safe_tx_digest(const struct safe_tx *tx, uint8_t ret_digest[static 32]);

struct safe_signature {
    struct evm_address owner;
    uint8_t bytes[SAFE_SIGNATURE_SIZE]; /* r, s, v */
};

void safe_signature_write(const struct evm_signature *signature,
                          uint8_t ret_bytes[static SAFE_SIGNATURE_SIZE]);
/* Whose signature of the transaction it is; false: of nobody, or of another kind. */
bool safe_signature_owner(const struct safe_tx *tx, const uint8_t bytes[static SAFE_SIGNATURE_SIZE],
                          struct evm_address *ret_owner) MUST_CHECK;

/* In the order of the owners, as the contract wants them. Sorts the list; the same owner twice is packed
 * once. */
void safe_signatures_pack(struct safe_signature *list, size_t count, struct str *out);

/* The data of execTransaction() with these signatures; it goes to the Safe itself. */
void safe_call_write(const struct safe_tx *tx, struct span signatures, struct str *out);

#endif
