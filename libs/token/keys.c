/*
 * Keys are parsed once. libjwt parses the PEM at every call, which is nine tenths of its time (320
 * us for RS256 beside 25 us), and edges that mint a token for each request make that the price of
 * a request. So signatures are checked by OpenSSL here; libjwt makes tokens (sign.c).
 */
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "token/key.h"

enum {
    RSA_BITS_MIN = 2048,
    RSA_BITS_MAX = 8192, /* a larger one is a way to keep us busy */
    COORDINATE_MAX = 66
};

static const struct token_algorithm algorithms[] = {
    {"RS256", "RSA", "SHA256", NULL, 0, false},
    {"RS384", "RSA", "SHA384", NULL, 0, false},
    {"RS512", "RSA", "SHA512", NULL, 0, false},
    {"PS256", "RSA", "SHA256", NULL, 0, true},
    {"ES256", "EC", "SHA256", "prime256v1", 32, false},
    {"ES384", "EC", "SHA384", "secp384r1", 48, false},
    {"ES512", "EC", "SHA512", "secp521r1", COORDINATE_MAX, false},
    {"EdDSA", "ED25519", NULL, NULL, 0, false},
};

struct token_keys *token_keys_new(void)
{
    struct token_keys *keys = calloc(1, sizeof(*keys));
    pthread_rwlock_t *lock = malloc(sizeof(*lock));
    if (!keys || !lock) {
        free(keys);
        free(lock);
        return NULL;
    }
    pthread_rwlock_init(lock, NULL);
    keys->lock = lock;
    return keys;
}

void token_keys_free(struct token_keys *keys)
{
    if (!keys)
        return;
    for (size_t i = 0; i < keys->count; i++) {
        EVP_PKEY_free(keys->keys[i].key);
        EVP_MD_free(keys->keys[i].digest);
    }
    pthread_rwlock_destroy(keys->lock);
    free(keys->lock);
    free(keys);
}

bool token_keys_set_nameless(struct token_keys *keys, const char *name, struct err *err)
{
    if (!key_find(keys, name))
        return err_set(err, ERR_CONFIG, "there is no key %.64s", name);
    memcpy(keys->nameless, name, strlen(name) + 1);
    return true;
}

static bool lacks_any_of(const struct token_keys *keys, const struct token_keys *others)
{
    for (size_t i = 0; i < others->count; i++)
        if (!key_find(keys, others->keys[i].name))
            return true;
    return false;
}

/* All but the lock: who waits for it has read where it is. */
static void contents_copy(struct token_keys *to, const struct token_keys *from)
{
    memcpy(to->keys, from->keys, sizeof(to->keys));
    memcpy(to->nameless, from->nameless, sizeof(to->nameless));
    to->count = from->count;
}

bool token_keys_swap(struct token_keys *keys, struct token_keys *other)
{
    struct token_keys old;
    pthread_rwlock_wrlock(keys->lock);
    contents_copy(&old, keys);
    contents_copy(keys, other);
    contents_copy(other, &old);
    bool gone = lacks_any_of(keys, other);
    pthread_rwlock_unlock(keys->lock);
    return gone;
}

/* OpenSSL queues its reasons per thread; left there, they would be told by the next library. */
static bool fail_clean(struct err *err, const char *name, const char *what)
{
    ERR_clear_error();
    return err_set(err, ERR_CONFIG, "key %.64s: %s", name, what);
}

bool token_keys_add(struct token_keys *keys, const char *name, const char *algorithm,
                    const char *pem, struct err *err)
{
    if (strstr(pem, "PRIVATE KEY"))
        return fail_clean(err, name, "is a private key; give the public one");
    BIO *source = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = source ? PEM_read_bio_PUBKEY(source, NULL, NULL, NULL) : NULL;
    BIO_free(source);
    if (!key)
        return fail_clean(err, name, "is no PEM public key (-----BEGIN PUBLIC KEY-----)");
    return keys_take(keys, name, algorithm, key, err);
}

static bool key_complete(const struct token_keys *keys, const char *name, struct token_key *key,
                         struct err *err)
{
    if (keys->count == TOKEN_KEYS_MAX)
        return fail_clean(err, name, "too many keys");
    if (name[0] == '\0' || strlen(name) >= sizeof(key->name))
        return fail_clean(err, name, "its name must have 1 to 63 characters");
    if (key_find(keys, name))
        return fail_clean(err, name, "is there twice");
    if (!key->algorithm)
        return fail_clean(err, name,
                          "its algorithm must be RS256/384/512, PS256, ES256/384/512 or EdDSA");
    if (key->algorithm->digest)
        key->digest = EVP_MD_fetch(NULL, key->algorithm->digest, NULL);
    if (key->algorithm->digest && !key->digest)
        return fail_clean(err, name, "OpenSSL lacks its digest");
    if (algorithm_fits(key->algorithm, key->key, err))
        return true;
    ERR_clear_error();
    return err_wrap(err, "key %s", name);
}

bool keys_take(struct token_keys *keys, const char *name, const char *algorithm, EVP_PKEY *pkey,
               struct err *err)
{
    struct token_key key = {.algorithm = algorithm_find(algorithm), .key = pkey};
    if (!key_complete(keys, name, &key, err)) {
        EVP_MD_free(key.digest);
        EVP_PKEY_free(key.key);
        return false;
    }
    memcpy(key.name, name, strlen(name) + 1);
    keys->keys[keys->count++] = key;
    return true;
}

const struct token_algorithm *algorithm_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
        if (strcmp(algorithms[i].name, name) == 0)
            return &algorithms[i];
    return NULL;
}

bool algorithm_fits(const struct token_algorithm *algorithm, const EVP_PKEY *key, struct err *err)
{
    char curve[64];
    size_t length;
    if (!EVP_PKEY_is_a(key, algorithm->kind))
        return err_set(err, ERR_CONFIG, "%s needs a key of kind %s", algorithm->name,
                       algorithm->kind);
    if (strcmp(algorithm->kind, "RSA") == 0) {
        int bits = EVP_PKEY_get_bits(key);
        if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
            return err_set(err, ERR_CONFIG, "an RSA key of %d bits; %d to %d are taken", bits,
                           RSA_BITS_MIN, RSA_BITS_MAX);
        return true;
    }
    if (algorithm->curve && (EVP_PKEY_get_group_name(key, curve, sizeof(curve), &length) != 1 ||
                             strcmp(curve, algorithm->curve) != 0))
        return err_set(err, ERR_CONFIG, "%s needs a key on the curve %s", algorithm->name,
                       algorithm->curve);
    return true;
}

const struct token_key *key_find(const struct token_keys *keys, const char *name)
{
    for (size_t i = 0; i < keys->count; i++)
        if (strcmp(keys->keys[i].name, name) == 0)
            return &keys->keys[i];
    return NULL;
}

static bool is_zero(const uint8_t *bytes, size_t length)
{
    uint8_t any = 0;
    for (size_t i = 0; i < length; i++)
        any |= bytes[i];
    return any == 0;
}

/* r and s of JWS, two integers of fixed length, as the DER that OpenSSL verifies. */
static bool der_from_raw(const uint8_t *raw, size_t coordinate, uint8_t **ret_der, int *ret_length)
{
    if (is_zero(raw, coordinate) || is_zero(raw + coordinate, coordinate))
        return false;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, (int)coordinate, NULL);
    BIGNUM *s = BN_bin2bn(raw + coordinate, (int)coordinate, NULL);
    if (!pair || !r || !s || ECDSA_SIG_set0(pair, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(pair);
        return false;
    }
    *ret_der = NULL;
    *ret_length = i2d_ECDSA_SIG(pair, ret_der);
    ECDSA_SIG_free(pair);
    return *ret_length > 0;
}

bool context_begin(EVP_MD_CTX *context, const struct token_algorithm *algorithm, EVP_MD *digest,
                   EVP_PKEY *key, bool sign)
{
    EVP_PKEY_CTX *parameters = NULL;
    if ((sign ? EVP_DigestSignInit : EVP_DigestVerifyInit)(context, &parameters, digest, NULL,
                                                           key) != 1)
        return false;
    return !algorithm->pss ||
           (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1);
}

bool key_verifies(const struct token_key *key, const char *text, size_t length,
                  const uint8_t *signature, size_t signature_length)
{
    size_t coordinate = key->algorithm->coordinate;
    uint8_t *der = NULL;
    if (coordinate > 0) {
        int der_length;
        if (signature_length != 2 * coordinate ||
            !der_from_raw(signature, coordinate, &der, &der_length))
            return false;
        signature = der;
        signature_length = (size_t)der_length;
    } else if (signature_length != (size_t)EVP_PKEY_get_size(key->key)) {
        return false;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good =
        context && context_begin(context, key->algorithm, key->digest, key->key, false) &&
        EVP_DigestVerify(context, signature, signature_length, (const uint8_t *)text, length) == 1;
    EVP_MD_CTX_free(context);
    OPENSSL_free(der);
    if (!good)
        ERR_clear_error();
    return good;
}
