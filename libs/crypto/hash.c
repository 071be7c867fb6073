#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"

struct sha256 {
    EVP_MD_CTX *context;
};

void sha256(const void *bytes, size_t length, uint8_t ret_digest[static SHA256_SIZE])
{
    /* SHA-256 can't fail but for a broken installation, and then no digest may be believed. */
    int done = EVP_Digest(bytes, length, ret_digest, NULL, EVP_sha256(), NULL);
    assert(done == 1);
}

void md5_hex(const void *bytes, size_t length, char ret_hex[static MD5_HEX_SIZE])
{
    uint8_t digest[MD5_HEX_SIZE / 2];
    int done = EVP_Digest(bytes, length, digest, NULL, EVP_md5(), NULL);
    assert(done == 1);
    for (size_t i = 0; i < sizeof(digest); i++)
        snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

void scrypt_work(const void *bytes, size_t length, uint8_t ret_digest[static SHA256_SIZE])
{
    enum { N = 1024, R = 1, P = 1, MEMORY_MAX = 1 << 20 };
    int done =
        EVP_PBE_scrypt(bytes, length, bytes, length, N, R, P, MEMORY_MAX, ret_digest, SHA256_SIZE);
    assert(done == 1);
}

void ripemd160(const void *bytes, size_t length, uint8_t ret_digest[static RIPEMD160_SIZE])
{
    /* In OpenSSL's default provider again since 3.0.7; older ones have it in "legacy" only. */
    int done = EVP_Digest(bytes, length, ret_digest, NULL, EVP_ripemd160(), NULL);
    assert(done == 1);
}

struct sha256 *sha256_new(void)
{
    struct sha256 *hash = calloc(1, sizeof(*hash));
    if (!hash)
        return NULL;
    hash->context = EVP_MD_CTX_new();
    if (!hash->context || EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL) != 1) {
        sha256_free(hash);
        return NULL;
    }
    return hash;
}

void sha256_free(struct sha256 *hash)
{
    if (!hash)
        return;
    EVP_MD_CTX_free(hash->context);
    free(hash);
}

void sha256_add(struct sha256 *hash, const void *bytes, size_t length)
{
    int done = EVP_DigestUpdate(hash->context, bytes, length);
    assert(done == 1);
}

void sha256_end(struct sha256 *hash, uint8_t ret_digest[static SHA256_SIZE])
{
    int done = EVP_DigestFinal_ex(hash->context, ret_digest, NULL);
    assert(done == 1);
    /* A NULL type keeps the digest of the context and spares looking it up again. */
    done = EVP_DigestInit_ex(hash->context, NULL, NULL);
    assert(done == 1);
}

bool bytes_equal(const void *a, const void *b, size_t length)
{
    return CRYPTO_memcmp(a, b, length) == 0;
}

static void hmac(const EVP_MD *digest, const void *key, size_t key_length, const void *bytes,
                 size_t length, uint8_t *ret_mac)
{
    assert(key_length <= INT_MAX);
    /* A NULL key means "the one of before" to OpenSSL. */
    const void *done =
        HMAC(digest, key_length > 0 ? key : "", (int)key_length, bytes, length, ret_mac, NULL);
    assert(done != NULL);
}

void hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length,
                 uint8_t ret_mac[static SHA256_SIZE])
{
    hmac(EVP_sha256(), key, key_length, bytes, length, ret_mac);
}

void hmac_sha512(const void *key, size_t key_length, const void *bytes, size_t length,
                 uint8_t ret_mac[static SHA512_SIZE])
{
    hmac(EVP_sha512(), key, key_length, bytes, length, ret_mac);
}

void hmac_sha1(const void *key, size_t key_length, const void *bytes, size_t length,
               uint8_t ret_mac[static SHA1_SIZE])
{
    hmac(EVP_sha1(), key, key_length, bytes, length, ret_mac);
}

void pbkdf2_sha1(const char *secret, const char *salt, unsigned iterations, uint8_t *ret_key,
                 size_t length)
{
    int done =
        PKCS5_PBKDF2_HMAC(secret, (int)strlen(secret), (const uint8_t *)salt, (int)strlen(salt),
                          (int)iterations, EVP_sha1(), (int)length, ret_key);
    assert(done == 1);
    (void)done;
}

void bytes_wipe(void *bytes, size_t length)
{
    if (length > 0)
        explicit_bzero(bytes, length);
}

void str_wipe(struct str *text)
{
    bytes_wipe(text->data, text->capacity);
    str_release(text);
}
