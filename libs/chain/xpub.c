#include "chain/xpub.h"

#include <secp256k1.h>
#include <string.h>

#include "chain/base58.h"
#include "chain/hash.h"
#include "chain/key_path.h"
#include "crypto/crypto.h"

_Static_assert((int)XPUB_SIZE == (int)BASE58_PAYLOAD_MAX, "Base58Check holds an extended key");

static void put_u32(uint8_t *bytes, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(number >> (24 - 8 * i));
}

static uint32_t get_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool point_read(const uint8_t key[static XPUB_KEY_SIZE], secp256k1_pubkey *ret_point)
{
    return secp256k1_ec_pubkey_parse(secp256k1_context_static, ret_point, key, XPUB_KEY_SIZE);
}

bool xpub_parse(const char *text, uint32_t version, struct xpub *ret_xpub, struct err *err)
{
    static const uint8_t no_parent[XPUB_FINGERPRINT_SIZE];
    uint8_t bytes[BASE58_PAYLOAD_MAX];
    struct xpub xpub;
    secp256k1_pubkey point;
    size_t length;

    if (!base58check_read(text, bytes, &length) || length != XPUB_SIZE)
        return err_set(err, ERR_INVALID,
                       "an extended public key has 111 characters and a checksum");
    if (get_u32(bytes) != version)
        return err_set(err, ERR_INVALID,
                       "the extended key is of another network, or no public one (version %08x)",
                       get_u32(bytes));
    xpub.depth = bytes[4];
    memcpy(xpub.parent, bytes + 5, sizeof(xpub.parent));
    xpub.number = get_u32(bytes + 9);
    memcpy(xpub.chain_code, bytes + 13, sizeof(xpub.chain_code));
    memcpy(xpub.key, bytes + 45, sizeof(xpub.key));
    if (xpub.depth == 0 &&
        (xpub.number != 0 || memcmp(xpub.parent, no_parent, sizeof(no_parent)) != 0))
        return err_set(err, ERR_INVALID, "the extended key has no depth but a parent");
    if (!point_read(xpub.key, &point))
        return err_set(err, ERR_INVALID, "the extended key holds no point of the curve");
    *ret_xpub = xpub;
    return true;
}

const char *xpub_text(const struct xpub *xpub, uint32_t version, char buffer[static XPUB_TEXT_SIZE])
{
    uint8_t bytes[XPUB_SIZE];
    char text[BASE58_TEXT_SIZE];
    put_u32(bytes, version);
    bytes[4] = xpub->depth;
    memcpy(bytes + 5, xpub->parent, sizeof(xpub->parent));
    put_u32(bytes + 9, xpub->number);
    memcpy(bytes + 13, xpub->chain_code, sizeof(xpub->chain_code));
    memcpy(bytes + 45, xpub->key, sizeof(xpub->key));
    base58check_write(bytes, sizeof(bytes), text);
    size_t length = strlen(text);
    assert(length < XPUB_TEXT_SIZE);
    memcpy(buffer, text, length + 1);
    return buffer;
}

bool xpub_child(const struct xpub *parent, uint32_t number, struct xpub *ret_child)
{
    uint8_t data[XPUB_KEY_SIZE + 4], mac[SHA512_SIZE];
    secp256k1_pubkey point;
    struct xpub child;
    size_t length = sizeof(child.key);

    assert(number < KEY_HARDENED);
    if (parent->depth == UINT8_MAX)
        return false;
    memcpy(data, parent->key, XPUB_KEY_SIZE);
    put_u32(data + XPUB_KEY_SIZE, number);
    hmac_sha512(parent->chain_code, sizeof(parent->chain_code), data, sizeof(data), mac);
    if (!point_read(parent->key, &point) ||
        !secp256k1_ec_pubkey_tweak_add(secp256k1_context_static, &point, mac))
        return false;
    child.depth = (uint8_t)(parent->depth + 1);
    child.number = number;
    memcpy(child.chain_code, mac + 32, sizeof(child.chain_code));
    xpub_fingerprint(parent, child.parent);
    secp256k1_ec_pubkey_serialize(secp256k1_context_static, child.key, &length, &point,
                                  SECP256K1_EC_COMPRESSED);
    *ret_child = child;
    return true;
}

void xpub_fingerprint(const struct xpub *xpub,
                      uint8_t ret_fingerprint[static XPUB_FINGERPRINT_SIZE])
{
    uint8_t digest[HASH160_SIZE];
    hash160(xpub->key, sizeof(xpub->key), digest);
    memcpy(ret_fingerprint, digest, XPUB_FINGERPRINT_SIZE);
}
