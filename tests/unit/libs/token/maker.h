/*
 * maker.h: keys and tokens of the token tests, made with OpenSSL alone, so that what is wrong can
 * be signed as well. A "key" is a pair of PEM texts and the EVP_PKEY.
 */
#ifndef TESTS_TOKEN_MAKER_H
#define TESTS_TOKEN_MAKER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "crypto/crypto.h"
#include "token/token.h"

enum { MAKER_BYTES_MAX = 256 * 1024 };

struct maker_key {
    EVP_PKEY *key;
    char *private_pem, *public_pem;
};

static inline char *maker_pem(EVP_PKEY *key, bool private_key)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *bytes;
    assert_non_null(out);
    assert_int_equal(private_key ? PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL)
                                 : PEM_write_bio_PUBKEY(out, key),
                     1);
    long length = BIO_get_mem_data(out, &bytes);
    char *text = strndup(bytes, (size_t)length);
    BIO_free(out);
    assert_non_null(text);
    return text;
}

/* `kind` is a curve or "RSA". */
static inline struct maker_key maker_key_new(const char *kind, unsigned bits)
{
    struct maker_key made;
    if (strcmp(kind, "RSA") == 0)
        made.key = EVP_RSA_gen(bits);
    else
        made.key = EVP_EC_gen(kind);
    assert_non_null(made.key);
    made.private_pem = maker_pem(made.key, true);
    made.public_pem = maker_pem(made.key, false);
    return made;
}

static inline void maker_key_free(struct maker_key *key)
{
    EVP_PKEY_free(key->key);
    free(key->private_pem);
    free(key->public_pem);
}

/* Appends the raw JWS signature of `text`; der: OpenSSL's own form instead. */
static inline void maker_sign(EVP_PKEY *key, const char *digest, bool der, const char *text,
                              struct str *out)
{
    uint8_t signature[1024], raw[132];
    size_t length = sizeof(signature);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_get_digestbyname(digest), NULL, key), 1);
    assert_int_equal(
        EVP_DigestSign(context, signature, &length, (const uint8_t *)text, strlen(text)), 1);
    EVP_MD_CTX_free(context);
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC || der) {
        base64url_write(out, signature, length);
        return;
    }
    int coordinate = (EVP_PKEY_get_bits(key) + 7) / 8;
    const uint8_t *from = signature;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &from, (long)length);
    assert_non_null(pair);
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, coordinate);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + coordinate, coordinate);
    ECDSA_SIG_free(pair);
    base64url_write(out, raw, 2 * (size_t)coordinate);
}

/* "header.payload", both encoded. */
static inline void maker_input(const char *header, const char *payload, struct str *out)
{
    str_clear(out);
    base64url_write(out, header, strlen(header));
    str_add_char(out, '.');
    base64url_write(out, payload, strlen(payload));
}

static inline void maker_token(EVP_PKEY *key, const char *digest, const char *header,
                               const char *payload, struct str *out)
{
    AUTO(str_release) struct str signature = STR_INIT(MAKER_BYTES_MAX);
    maker_input(header, payload, out);
    maker_sign(key, digest, false, out->data, &signature);
    str_add_char(out, '.');
    str_add(out, signature.data);
    assert_true(str_ok(out));
}

#endif
