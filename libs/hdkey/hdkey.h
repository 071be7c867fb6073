/*
 * hdkey.h: private keys below a seed (BIP-32), and signatures by them. Only services/signer depends on
 * this module (tools/lint layers): nothing else of the platform can hold a key.
 *
 * Signatures are deterministic (RFC 6979), in the lower half of the order, and verified before they are
 * given out, so that a fault of the machine does not give a key away.
 *
 * A key is a value that its holder wipes: AUTO(hdkey_wipe). Nothing here prints one. The context may be
 * used by any number of threads at a time once it is made.
 *
 *     AUTO_FREE(hdkey_context_free) struct hdkey_context *context = hdkey_context_new();
 *     AUTO(hdkey_wipe) struct hdkey master, key;
 *     if (!hdkey_master(seed, seed_length, &master) ||
 *         !hdkey_derive(context, &master, &path, &key)) ...
 *     if (!hdkey_sign_coin(context, &key, digest, &signature)) ...
 */
#ifndef HDKEY_HDKEY_H
#define HDKEY_HDKEY_H

#include "base/auto.h"
#include "base/check.h"
#include "chain/evm_tx.h"
#include "chain/key_path.h"
#include "chain/psbt.h"
#include "chain/xpub.h"

enum { HDKEY_SEED_MIN = 16, HDKEY_SEED_MAX = 64, HDKEY_SIGNATURE_MAX = 72 };

struct hdkey_context;
struct hdkey_context *hdkey_context_new(void);          /* NULL: no memory */
void hdkey_context_free(struct hdkey_context *context); /* NULL is fine */
DEFINE_AUTO(struct hdkey_context, hdkey_context_free);

struct hdkey {
    uint8_t secret[32];
    uint8_t chain_code[32];
    uint8_t parent[XPUB_FINGERPRINT_SIZE];
    uint32_t number;
    uint8_t depth;
};

void hdkey_wipe(struct hdkey *key);

/* False: the seed is shorter or longer than BIP-32 allows, or makes no key (1 in 2^127). On failure
 * the output is wiped. */
bool hdkey_master(const void *seed, size_t length, struct hdkey *ret_key) MUST_CHECK;
/* With KEY_HARDENED or without. */
bool hdkey_child(const struct hdkey_context *context, const struct hdkey *parent, uint32_t number,
                 struct hdkey *ret_key) MUST_CHECK;
bool hdkey_derive(const struct hdkey_context *context, const struct hdkey *master,
                  const struct key_path *path, struct hdkey *ret_key) MUST_CHECK;

/* The public half. */
void hdkey_public(const struct hdkey_context *context, const struct hdkey *key,
                  struct xpub *ret_xpub);

/* ---- signing ---- */

struct hdkey_signature {
    uint8_t der[HDKEY_SIGNATURE_MAX];
    size_t length; /* at most 70: r is made short, so that sizes are known before signing */
};

bool hdkey_sign_coin(const struct hdkey_context *context, const struct hdkey *key,
                     const uint8_t digest[static 32], struct hdkey_signature *ret_signature)
    MUST_CHECK;
bool hdkey_sign_evm(const struct hdkey_context *context, const struct hdkey *key,
                    const uint8_t digest[static 32], struct evm_signature *ret_signature)
    MUST_CHECK;

/* Signs input `at` of a PSBT and adds the signature. False: the input is not of this key, or of a
 * kind that we don't sign. What it pays is the caller's to have looked at. */
bool hdkey_sign_psbt(const struct hdkey_context *context, const struct hdkey *key,
                     struct psbt *psbt, size_t at, struct err *err) MUST_CHECK;

#endif
