/*
 * xpub.h: extended public keys (BIP-32) and the keys below them. From one, every deposit address of
 * an account is made without any private key. Pure values; any thread.
 *
 *     struct xpub account, chain, key;
 *     if (!xpub_parse(text, params->version_xpub, &account, err) ||
 *         !xpub_child(&account, 0, &chain) || !xpub_child(&chain, index, &key)) ...
 *     coin_address_of_key(params, key.key, &address);
 */
#ifndef CHAIN_XPUB_H
#define CHAIN_XPUB_H

#include <stdint.h>

#include "base/err.h"

#define XPUB_VERSION_MAIN 0x0488b21eu /* also that of Ethereum-like chains */

enum { XPUB_SIZE = 78, XPUB_TEXT_SIZE = 113, XPUB_KEY_SIZE = 33, XPUB_FINGERPRINT_SIZE = 4 };

struct xpub {
    uint8_t depth; /* 0: the master */
    uint8_t parent[XPUB_FINGERPRINT_SIZE];
    uint32_t number; /* of this child */
    uint8_t chain_code[32];
    uint8_t key[XPUB_KEY_SIZE]; /* compressed; a point of the curve */
};

/* `version` tells the network and that it is public (coin_params.version_xpub). */
bool xpub_parse(const char *text, uint32_t version, struct xpub *ret_xpub, struct err *err)
    MUST_CHECK;
const char *xpub_text(const struct xpub *xpub, uint32_t version,
                      char buffer[static XPUB_TEXT_SIZE]);

/*
 * The child `number`, below 2^31 (asserted; hardened children need the private key). False: there is
 * none with this number, which has a chance of 1 in 2^127, or the key is 255 levels deep.
 */
bool xpub_child(const struct xpub *parent, uint32_t number, struct xpub *ret_child) MUST_CHECK;

void xpub_fingerprint(const struct xpub *xpub,
                      uint8_t ret_fingerprint[static XPUB_FINGERPRINT_SIZE]);

#endif
