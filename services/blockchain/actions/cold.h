/*
 * cold.h: wallets whose keys are elsewhere. Money goes there like anywhere; to come back it needs a file
 * that travels: made here unsigned, signed on a machine without network (bourse-signer --sign-file, or
 * any program that reads BIP-174), and brought back here to be sent. For the command line: one call, one
 * connection, Bitcoin-like chains.
 */
#ifndef BLOCKCHAIN_ACTIONS_COLD_H
#define BLOCKCHAIN_ACTIONS_COLD_H

#include "base/err.h"
#include "base/str.h"
#include "blockchain/state/config.h"

enum { COLD_FILE_BYTES_MAX = 8 << 20 };

struct cold_ask {
    const char *chain, *from, *to, *units;
    /* Where the key of `from` stands, for the signer; NULL: it knows by itself. */
    const char *xpub, *path; /* of the account; its path: "m/84'/2'/0'" */
    uint32_t index;          /* of chain 0 */
};

/* Appends the PSBT as base64: coins of `from` pay `units` to `to`, the rest goes back to `from`. */
bool cold_make(const struct blockchain_config *config, const struct cold_ask *ask, struct str *out,
               struct err *err) MUST_CHECK;

/* Appends for people what a file does; `chain` is CLIENT/NETWORK, "litecoin/main". */
bool cold_show(const char *chain, const struct str *file, struct str *out, struct err *err)
    MUST_CHECK;

/* Sends what is signed: a PSBT that has all of its signatures, or a raw transaction in hexadecimal
 * digits. Appends its id. Again is fine. */
bool cold_send(const struct blockchain_config *config, const char *chain, const struct str *file,
               struct str *out, struct err *err) MUST_CHECK;

#endif
