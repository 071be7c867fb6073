#include "hdkey/hdkey.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <string.h>

#include "base/random.h"
#include "chain/hash.h"
#include "crypto/crypto.h"

static void put_u32(uint8_t *bytes, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(number >> (24 - 8 * i));
}

/* ---- the context: tables for signing, blinded against side channels ---- */

static secp256k1_context *raw_new(void)
{
    uint8_t seed[32];
    secp256k1_context *raw = secp256k1_context_create(SECP256K1_CONTEXT_SIGN);
    random_bytes(seed, sizeof(seed));
    if (raw && !secp256k1_context_randomize(raw, seed)) {
        secp256k1_context_destroy(raw);
        raw = NULL;
    }
    bytes_wipe(seed, sizeof(seed));
    return raw;
}

/* The opaque type is the library's own: nothing needs to be added to it. */
static const secp256k1_context *raw_of(const struct hdkey_context *context)
{
    return (const secp256k1_context *)(const void *)context;
}

struct hdkey_context *hdkey_context_new(void)
{
    return (struct hdkey_context *)(void *)raw_new();
}

void hdkey_context_free(struct hdkey_context *context)
{
    if (context)
        secp256k1_context_destroy((secp256k1_context *)(void *)context);
}

/* ---- derivation ---- */

void hdkey_wipe(struct hdkey *key)
{
    bytes_wipe(key, sizeof(*key));
}

bool hdkey_master(const void *seed, size_t length, struct hdkey *ret_key)
{
    static const char purpose[] = "Bitcoin seed";
    uint8_t mac[SHA512_SIZE];
    hdkey_wipe(ret_key);
    if (length < HDKEY_SEED_MIN || length > HDKEY_SEED_MAX)
        return false;
    hmac_sha512(purpose, sizeof(purpose) - 1, seed, length, mac);
    bool is_key = secp256k1_ec_seckey_verify(secp256k1_context_static, mac);
    if (is_key) {
        memcpy(ret_key->secret, mac, 32);
        memcpy(ret_key->chain_code, mac + 32, 32);
    }
    bytes_wipe(mac, sizeof(mac));
    return is_key;
}

bool hdkey_child(const struct hdkey_context *context, const struct hdkey *parent, uint32_t number,
                 struct hdkey *ret_key)
{
    uint8_t data[XPUB_KEY_SIZE + 4], mac[SHA512_SIZE];
    AUTO(hdkey_wipe) struct hdkey child = *parent;
    struct xpub xpub;

    if (parent->depth == UINT8_MAX) {
        hdkey_wipe(ret_key);
        return false;
    }
    hdkey_public(context, parent, &xpub);
    if (number & KEY_HARDENED) {
        data[0] = 0;
        memcpy(data + 1, parent->secret, sizeof(parent->secret));
    } else {
        memcpy(data, xpub.key, XPUB_KEY_SIZE);
    }
    put_u32(data + XPUB_KEY_SIZE, number);
    hmac_sha512(parent->chain_code, sizeof(parent->chain_code), data, sizeof(data), mac);
    bool is_key = secp256k1_ec_seckey_tweak_add(secp256k1_context_static, child.secret, mac);
    memcpy(child.chain_code, mac + 32, sizeof(child.chain_code));
    bytes_wipe(data, sizeof(data));
    bytes_wipe(mac, sizeof(mac));
    xpub_fingerprint(&xpub, child.parent);
    child.number = number;
    child.depth = (uint8_t)(parent->depth + 1);
    hdkey_wipe(ret_key);
    if (is_key)
        *ret_key = child;
    return is_key;
}

bool hdkey_derive(const struct hdkey_context *context, const struct hdkey *master,
                  const struct key_path *path, struct hdkey *ret_key)
{
    AUTO(hdkey_wipe) struct hdkey key = *master;
    for (size_t i = 0; i < path->count; i++) {
        AUTO(hdkey_wipe) struct hdkey parent = key;
        if (!hdkey_child(context, &parent, path->steps[i], &key)) {
            hdkey_wipe(ret_key);
            return false;
        }
    }
    *ret_key = key;
    return true;
}

static void point_of(const struct hdkey_context *context, const struct hdkey *key,
                     secp256k1_pubkey *ret_point)
{
    /* Every key that we hand out was verified, so this can't fail. */
    int done = secp256k1_ec_pubkey_create(raw_of(context), ret_point, key->secret);
    assert(done == 1);
}

void hdkey_public(const struct hdkey_context *context, const struct hdkey *key,
                  struct xpub *ret_xpub)
{
    secp256k1_pubkey point;
    size_t length = XPUB_KEY_SIZE;
    point_of(context, key, &point);
    secp256k1_ec_pubkey_serialize(secp256k1_context_static, ret_xpub->key, &length, &point,
                                  SECP256K1_EC_COMPRESSED);
    memcpy(ret_xpub->chain_code, key->chain_code, sizeof(ret_xpub->chain_code));
    memcpy(ret_xpub->parent, key->parent, sizeof(ret_xpub->parent));
    ret_xpub->number = key->number;
    ret_xpub->depth = key->depth;
}

/* ---- signing ---- */

static bool is_right(const struct hdkey_context *context, const struct hdkey *key,
                     const secp256k1_ecdsa_signature *signature, const uint8_t digest[static 32])
{
    secp256k1_pubkey point;
    point_of(context, key, &point);
    return secp256k1_ecdsa_verify(secp256k1_context_static, signature, digest, &point);
}

/* Every other signature has an r of 33 bytes in DER; the next nonce is taken until it is shorter. */
static bool sign_short(const struct hdkey_context *context, const struct hdkey *key,
                       const uint8_t digest[static 32], secp256k1_ecdsa_signature *signature)
{
    enum { TRIES = 256 };
    uint8_t counter[32] = {0}, compact[64];
    for (uint32_t i = 0; i < TRIES; i++) {
        put_u32(counter + 28, i);
        if (!secp256k1_ecdsa_sign(raw_of(context), signature, digest, key->secret, NULL,
                                  i == 0 ? NULL : counter))
            return false;
        secp256k1_ecdsa_signature_serialize_compact(secp256k1_context_static, compact, signature);
        if (compact[0] < 0x80)
            return true;
    }
    return false;
}

bool hdkey_sign_coin(const struct hdkey_context *context, const struct hdkey *key,
                     const uint8_t digest[static 32], struct hdkey_signature *ret_signature)
{
    secp256k1_ecdsa_signature signature;
    size_t length = sizeof(ret_signature->der);
    if (!sign_short(context, key, digest, &signature) ||
        !is_right(context, key, &signature, digest) ||
        !secp256k1_ecdsa_signature_serialize_der(secp256k1_context_static, ret_signature->der,
                                                 &length, &signature))
        return false;
    ret_signature->length = length;
    return true;
}

bool hdkey_sign_evm(const struct hdkey_context *context, const struct hdkey *key,
                    const uint8_t digest[static 32], struct evm_signature *ret_signature)
{
    secp256k1_ecdsa_recoverable_signature recoverable;
    secp256k1_ecdsa_signature signature;
    uint8_t compact[64];
    int parity;
    if (!secp256k1_ecdsa_sign_recoverable(raw_of(context), &recoverable, digest, key->secret, NULL,
                                          NULL))
        return false;
    secp256k1_ecdsa_recoverable_signature_convert(secp256k1_context_static, &signature,
                                                  &recoverable);
    secp256k1_ecdsa_recoverable_signature_serialize_compact(secp256k1_context_static, compact,
                                                            &parity, &recoverable);
    /* 2 and 3 are for an r above the order, which nobody has ever seen; EIP-155 has no room. */
    if (parity > 1 || !is_right(context, key, &signature, digest))
        return false;
    ret_signature->parity = (uint8_t)parity;
    memcpy(ret_signature->r, compact, 32);
    memcpy(ret_signature->s, compact + 32, 32);
    return true;
}

bool hdkey_sign_psbt(const struct hdkey_context *context, const struct hdkey *key,
                     struct psbt *psbt, size_t at, struct err *err)
{
    struct hdkey_signature signature;
    struct xpub xpub;
    uint8_t digest[32];
    if (!psbt_digest(psbt, at, digest, err))
        return false;
    if (!hdkey_sign_coin(context, key, digest, &signature)) /* psbt.h verifies it once more */
        return err_set(err, ERR_INTERNAL, "input %zu: no signature was made", at);
    hdkey_public(context, key, &xpub);
    return psbt_signature_add(psbt, at, xpub.key, span_of(signature.der, signature.length), err);
}
