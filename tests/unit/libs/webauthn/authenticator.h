/*
 * authenticator.h: an authenticator in software, for tests: it makes credentials and signs, and lets
 * a test bend each thing that a real one would not.
 */
#ifndef TESTS_WEBAUTHN_AUTHENTICATOR_H
#define TESTS_WEBAUTHN_AUTHENTICATOR_H

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

#include "base/auto.h"
#include "crypto/crypto.h"
#include "webauthn/webauthn.h"

enum { AUTHENTICATOR_BYTES_MAX = 16 * 1024 };

enum authenticator_flags {
    FLAG_PRESENT = 1,
    FLAG_VERIFIED = 4,
    FLAG_BACKUP_ELIGIBLE = 8,
    FLAG_BACKED_UP = 16,
    FLAG_CREDENTIAL = 64,
    FLAG_EXTENSIONS = 128
};

struct authenticator {
    EVP_PKEY *key;
    int64_t algorithm;
    const char *party_id, *origin, *challenge, *type;
    unsigned flags;
    uint32_t sign_count;
    const char *client_data_tail; /* more members of the client data */
    const char *format;           /* "none", "packed" */
    size_t cut;                   /* bytes to leave out at the end of the authenticator data */
    struct str client_data, data, object, signature;
};

/* ---- writing CBOR ---- */

static inline void cbor_head(struct str *out, unsigned kind, uint64_t number)
{
    if (number < 24) {
        str_add_char(out, (char)(uint8_t)(kind << 5 | number));
    } else if (number < 256) {
        str_add_char(out, (char)(uint8_t)(kind << 5 | 24));
        str_add_char(out, (char)(uint8_t)number);
    } else {
        str_add_char(out, (char)(uint8_t)(kind << 5 | 25));
        str_add_char(out, (char)(uint8_t)(number >> 8));
        str_add_char(out, (char)(uint8_t)number);
    }
}

static inline void cbor_int(struct str *out, int64_t number)
{
    cbor_head(out, number < 0, (uint64_t)(number < 0 ? -1 - number : number));
}

static inline void cbor_text(struct str *out, const char *text)
{
    cbor_head(out, CBOR_TEXT, strlen(text));
    str_add(out, text);
}

static inline void cbor_bytes(struct str *out, const void *bytes, size_t length)
{
    cbor_head(out, CBOR_BYTES, length);
    str_add_bytes(out, bytes, length);
}

/* ---- the key ---- */

static inline EVP_PKEY *authenticator_key(int64_t algorithm)
{
    if (algorithm == WEBAUTHN_ES256)
        return EVP_EC_gen("P-256");
    if (algorithm == WEBAUTHN_EDDSA)
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    return EVP_RSA_gen(2048);
}

static inline void number_write(struct str *out, EVP_PKEY *key, const char *name, int size)
{
    BIGNUM *number = NULL;
    uint8_t bytes[512];
    int found = EVP_PKEY_get_bn_param(key, name, &number);
    assert(found == 1);
    int length = size > 0 ? size : BN_num_bytes(number);
    BN_bn2binpad(number, bytes, length);
    cbor_bytes(out, bytes, (size_t)length);
    BN_free(number);
}

static inline void cose_write(struct str *out, EVP_PKEY *key, int64_t algorithm)
{
    bool is_rsa = algorithm == WEBAUTHN_RS256, is_ec = algorithm == WEBAUTHN_ES256;
    cbor_head(out, CBOR_MAP, is_ec ? 5 : 4);
    cbor_int(out, 1);
    cbor_int(out, is_rsa ? 3 : is_ec ? 2 : 1);
    cbor_int(out, 3);
    cbor_int(out, algorithm);
    cbor_int(out, -1);
    if (is_rsa) {
        number_write(out, key, OSSL_PKEY_PARAM_RSA_N, 0);
        cbor_int(out, -2);
        number_write(out, key, OSSL_PKEY_PARAM_RSA_E, 0);
    } else if (is_ec) {
        cbor_int(out, 1);
        cbor_int(out, -2);
        number_write(out, key, OSSL_PKEY_PARAM_EC_PUB_X, 32);
        cbor_int(out, -3);
        number_write(out, key, OSSL_PKEY_PARAM_EC_PUB_Y, 32);
    } else {
        uint8_t bytes[32];
        size_t length = sizeof(bytes);
        EVP_PKEY_get_raw_public_key(key, bytes, &length);
        cbor_int(out, 6);
        cbor_int(out, -2);
        cbor_bytes(out, bytes, length);
    }
}

static inline void sign_parts(EVP_PKEY *key, int64_t algorithm, const struct str *data,
                              const struct str *client_data, struct str *out)
{
    AUTO(str_release) struct str both = STR_INIT(AUTHENTICATOR_BYTES_MAX);
    uint8_t hash[SHA256_SIZE], signature[512];
    size_t length = sizeof(signature);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    sha256(client_data->data, client_data->length, hash);
    str_add_bytes(&both, data->data, data->length);
    str_add_bytes(&both, hash, sizeof(hash));
    const EVP_MD *digest = algorithm == WEBAUTHN_EDDSA ? NULL : EVP_sha256();
    int done =
        EVP_DigestSignInit(context, NULL, digest, NULL, key) == 1 &&
        EVP_DigestSign(context, signature, &length, (const uint8_t *)both.data, both.length) == 1;
    assert(done);
    EVP_MD_CTX_free(context);
    str_add_bytes(out, signature, length);
}

/* ---- its answers ---- */

static const uint8_t authenticator_id[32] = {1, 2, 3, 4};

static inline void authenticator_init(struct authenticator *a, int64_t algorithm)
{
    *a = (struct authenticator){.key = authenticator_key(algorithm),
                                .algorithm = algorithm,
                                .party_id = "example.com",
                                .origin = "https://example.com",
                                .challenge = "Y2hhbGxlbmdlIG9mIDE2IGJ5dGVz",
                                .flags = FLAG_PRESENT | FLAG_VERIFIED,
                                .client_data_tail = ",\"crossOrigin\":false",
                                .format = "none"};
    a->client_data = a->data = a->object = a->signature =
        (struct str)STR_INIT(AUTHENTICATOR_BYTES_MAX);
}

static inline void authenticator_release(struct authenticator *a)
{
    EVP_PKEY_free(a->key);
    str_release(&a->client_data);
    str_release(&a->data);
    str_release(&a->object);
    str_release(&a->signature);
}

static inline void answer_begin(struct authenticator *a, const char *type, unsigned flags)
{
    uint8_t hash[SHA256_SIZE];
    uint32_t count = a->sign_count;
    str_clear(&a->client_data);
    str_add_format(&a->client_data, "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}",
                   a->type ? a->type : type, a->challenge, a->origin, a->client_data_tail);
    sha256(a->party_id, strlen(a->party_id), hash);
    str_clear(&a->data);
    str_add_bytes(&a->data, hash, sizeof(hash));
    str_add_char(&a->data, (char)(uint8_t)flags);
    for (int shift = 24; shift >= 0; shift -= 8)
        str_add_char(&a->data, (char)(uint8_t)(count >> shift));
}

static inline void answer_end(struct authenticator *a)
{
    if (a->flags & FLAG_EXTENSIONS) {
        cbor_head(&a->data, CBOR_MAP, 1);
        cbor_text(&a->data, "credProtect");
        cbor_int(&a->data, 2);
    }
    a->data.length -= a->cut;
}

static inline void authenticator_create(struct authenticator *a)
{
    AUTO(str_release) struct str signature = STR_INIT(1024);
    answer_begin(a, "webauthn.create", a->flags | FLAG_CREDENTIAL);
    str_add_bytes(&a->data, "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17", 16);
    str_add_bytes(&a->data, "\0\40", 2);
    str_add_bytes(&a->data, authenticator_id, sizeof(authenticator_id));
    cose_write(&a->data, a->key, a->algorithm);
    answer_end(a);
    str_clear(&a->object);
    cbor_head(&a->object, CBOR_MAP, 3);
    cbor_text(&a->object, "fmt");
    cbor_text(&a->object, a->format);
    cbor_text(&a->object, "attStmt");
    if (strcmp(a->format, "packed") == 0) {
        sign_parts(a->key, a->algorithm, &a->data, &a->client_data, &signature);
        cbor_head(&a->object, CBOR_MAP, 2);
        cbor_text(&a->object, "alg");
        cbor_int(&a->object, a->algorithm);
        cbor_text(&a->object, "sig");
        cbor_bytes(&a->object, signature.data, signature.length);
    } else {
        cbor_head(&a->object, CBOR_MAP, 0);
    }
    cbor_text(&a->object, "authData");
    cbor_bytes(&a->object, a->data.data, a->data.length);
}

static inline void authenticator_get(struct authenticator *a)
{
    answer_begin(a, "webauthn.get", a->flags);
    answer_end(a);
    str_clear(&a->signature);
    sign_parts(a->key, a->algorithm, &a->data, &a->client_data, &a->signature);
}

static inline struct cbor slice_of(const struct str *text)
{
    return (struct cbor){(const uint8_t *)text->data, text->length};
}

#endif
