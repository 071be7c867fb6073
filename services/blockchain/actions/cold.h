/*
 * cold.h: wallets whose keys are elsewhere. Money goes there like anywhere; to come back it needs a file
 * that travels: made here unsigned, signed on a machine without network (bourse-signer --sign-file; of
 * Bitcoin-like chains any program that reads BIP-174), and brought back here to be sent. For the command
 * line: one call, one connection. What the families do is in cold_family.h.
 */
#ifndef BLOCKCHAIN_ACTIONS_COLD_H
#define BLOCKCHAIN_ACTIONS_COLD_H

#include "base/err.h"
#include "base/str.h"
#include "blockchain/state/config.h"

enum { COLD_FILE_BYTES_MAX = 8 << 20 };

struct cold_ask {
    const char *chain, *from, *to, *units;
    /* Where the key of `from` stands, for the signer; NULL: it knows by itself. Bitcoin-like. */
    const char *xpub, *path; /* of the account; its path: "m/84'/2'/0'" */
    uint32_t index;          /* of chain 0; Ethereum-like: of the account */
    /* Ethereum-like. */
    uint32_t account;
    const char *asset;     /* a currency of the chain, or its contract; NULL: the native coin */
    const char *payout_id; /* what waits for it; NULL: nothing */
    bool has_nonce;        /* in the place of another file, of which the chain takes one at most */
    uint64_t nonce;
};

/* Appends the file: `from` pays `units` to `to`. Of Bitcoin-like chains a PSBT as base64, the rest goes back to
 * `from`; of Ethereum-like ones the JSON of coldfile/evm_file.h, the same again as long as it is not sent. */
bool cold_make(const struct blockchain_config *config, const struct cold_ask *ask, struct str *out,
               struct err *err) MUST_CHECK;

/* Appends for people what a file does; `chain` is CLIENT/NETWORK: "litecoin/main", "geth/1". */
bool cold_show(const char *chain, const struct str *file, struct str *out, struct err *err)
    MUST_CHECK;

/* Sends what is signed: a raw transaction in hexadecimal digits, or a PSBT that has all of its signatures.
 * Appends its id. Again is fine. */
bool cold_send(const struct blockchain_config *config, const char *chain, const struct str *file,
               struct str *out, struct err *err) MUST_CHECK;

#endif
