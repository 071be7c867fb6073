#include "webauthn/key.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"

/* Labels of COSE keys. What they mean depends on the type of the key. */
enum {
    LABEL_TYPE = 1,
    LABEL_ALGORITHM = 3,
    LABEL_CURVE = -1, /* of OKP and EC2 */
    LABEL_X = -2,
    LABEL_Y = -3,
    LABEL_RSA_N = -1,
    LABEL_RSA_E = -2,
    TYPE_OKP = 1,
    TYPE_EC2 = 2,
    TYPE_RSA = 3,
    CURVE_P256 = 1,
    CURVE_ED25519 = 6,
    COORDINATE_SIZE = 32,
    POINT_UNCOMPRESSED = 4,
    RSA_BITS_MIN = 2048,
    RSA_BYTES_MAX = 512,
    RSA_EXPONENT_BYTES_MAX = 4,
    SIGNED_BYTES_MAX = 64 * 1024
};

DEFINE_AUTO(EVP_PKEY, EVP_PKEY_free);
DEFINE_AUTO(EVP_PKEY_CTX, EVP_PKEY_CTX_free);
DEFINE_AUTO(EVP_MD_CTX, EVP_MD_CTX_free);
DEFINE_AUTO(OSSL_PARAM_BLD, OSSL_PARAM_BLD_free);
DEFINE_AUTO(OSSL_PARAM, OSSL_PARAM_free);
DEFINE_AUTO(BIGNUM, BN_free);
DEFINE_AUTO(X509, X509_free);

static bool has_number(struct cbor map, int64_t label, int64_t expected)
{
    struct cbor_item item;
    int64_t number;
    return cbor_find_number(map, label, &item) && cbor_to_i64(&item, &number) && number == expected;
}

static EVP_PKEY *key_from(const char *type, OSSL_PARAM *params)
{
    AUTO_FREE(EVP_PKEY_CTX_free)
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;
    if (!context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        return NULL;
    return key;
}

/* OpenSSL refuses a point that is not on the curve. */
static EVP_PKEY *ec_key(struct cbor map)
{
    struct cbor x, y;
    uint8_t point[1 + 2 * COORDINATE_SIZE] = {POINT_UNCOMPRESSED};
    char curve[] = "prime256v1";
    if (!has_number(map, LABEL_TYPE, TYPE_EC2) || !has_number(map, LABEL_CURVE, CURVE_P256) ||
        !cbor_find_bytes(map, LABEL_X, &x) || !cbor_find_bytes(map, LABEL_Y, &y) ||
        x.length != COORDINATE_SIZE || y.length != COORDINATE_SIZE)
        return NULL;
    memcpy(point + 1, x.bytes, COORDINATE_SIZE);
    memcpy(point + 1 + COORDINATE_SIZE, y.bytes, COORDINATE_SIZE);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)),
        OSSL_PARAM_construct_end()};
    return key_from("EC", params);
}

static EVP_PKEY *ed_key(struct cbor map)
{
    struct cbor x;
    if (!has_number(map, LABEL_TYPE, TYPE_OKP) || !has_number(map, LABEL_CURVE, CURVE_ED25519) ||
        !cbor_find_bytes(map, LABEL_X, &x) || x.length != COORDINATE_SIZE)
        return NULL;
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, x.bytes, x.length);
}

static EVP_PKEY *rsa_key(struct cbor map)
{
    struct cbor n, e;
    if (!has_number(map, LABEL_TYPE, TYPE_RSA) || !cbor_find_bytes(map, LABEL_RSA_N, &n) ||
        !cbor_find_bytes(map, LABEL_RSA_E, &e) || n.length > RSA_BYTES_MAX || e.length == 0 ||
        e.length > RSA_EXPONENT_BYTES_MAX)
        return NULL;
    AUTO_FREE(BN_free) BIGNUM *modulus = BN_bin2bn(n.bytes, (int)n.length, NULL);
    AUTO_FREE(BN_free) BIGNUM *exponent = BN_bin2bn(e.bytes, (int)e.length, NULL);
    AUTO_FREE(OSSL_PARAM_BLD_free) OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (!modulus || !exponent || !builder || BN_num_bits(modulus) < RSA_BITS_MIN ||
        !BN_is_odd(modulus) || !BN_is_odd(exponent) || BN_is_one(exponent) ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) != 1)
        return NULL;
    AUTO_FREE(OSSL_PARAM_free) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    return params ? key_from("RSA", params) : NULL;
}

static const struct algorithm {
    int64_t number;
    EVP_PKEY *(*make)(struct cbor map);
    int type; /* of a certificate's key */
    bool has_own_hash;
} algorithms[] = {
    {WEBAUTHN_ES256, ec_key, EVP_PKEY_EC, false},
    {WEBAUTHN_EDDSA, ed_key, EVP_PKEY_ED25519, true},
    {WEBAUTHN_RS256, rsa_key, EVP_PKEY_RSA, false},
};

static const struct algorithm *algorithm_find(int64_t number)
{
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
        if (algorithms[i].number == number)
            return &algorithms[i];
    return NULL;
}

static bool key_read(struct cbor map, EVP_PKEY **ret_key, const struct algorithm **ret_algorithm,
                     struct err *err)
{
    struct cbor_item item;
    int64_t number;
    if (!cbor_find_number(map, LABEL_ALGORITHM, &item) || !cbor_to_i64(&item, &number))
        return err_set(err, ERR_INVALID, "webauthn: a key without an algorithm");
    const struct algorithm *algorithm = algorithm_find(number);
    if (!algorithm)
        return err_set(err, ERR_INVALID, "webauthn: algorithm %lld is not one that we offer",
                       (long long)number);
    EVP_PKEY *key = algorithm->make(map);
    if (!key)
        return err_set(err, ERR_INVALID, "webauthn: no good key for algorithm %lld",
                       (long long)number);
    *ret_key = key;
    *ret_algorithm = algorithm;
    return true;
}

static bool verify(EVP_PKEY *key, const struct algorithm *algorithm, struct cbor first,
                   struct cbor second, struct cbor signature, struct err *err)
{
    AUTO_FREE(EVP_MD_CTX_free) EVP_MD_CTX *context = EVP_MD_CTX_new();
    AUTO(str_release) struct str signed_bytes = STR_INIT(SIGNED_BYTES_MAX);
    const EVP_MD *hash = algorithm->has_own_hash ? NULL : EVP_sha256();
    str_add_bytes(&signed_bytes, first.bytes, first.length);
    str_add_bytes(&signed_bytes, second.bytes, second.length);
    if (!context || !str_ok(&signed_bytes) || signature.length > WEBAUTHN_SIGNATURE_BYTES_MAX ||
        EVP_DigestVerifyInit(context, NULL, hash, NULL, key) != 1)
        return err_set(err, ERR_INVALID, "webauthn: the signature can't be checked");
    if (EVP_DigestVerify(context, signature.bytes, signature.length,
                         (const uint8_t *)signed_bytes.data, signed_bytes.length) != 1)
        return err_set(err, ERR_INVALID, "webauthn: the signature is not one of this key");
    return true;
}

bool webauthn_key_check(struct cbor map, int64_t *ret_algorithm, struct err *err)
{
    AUTO_FREE(EVP_PKEY_free) EVP_PKEY *key = NULL;
    const struct algorithm *algorithm;
    if (!key_read(map, &key, &algorithm, err))
        return false;
    *ret_algorithm = algorithm->number;
    return true;
}

bool webauthn_key_verify(struct cbor map, struct cbor first, struct cbor second,
                         struct cbor signature, struct err *err)
{
    AUTO_FREE(EVP_PKEY_free) EVP_PKEY *key = NULL;
    const struct algorithm *algorithm;
    return key_read(map, &key, &algorithm, err) &&
           verify(key, algorithm, first, second, signature, err);
}

bool webauthn_certificate_verify(struct cbor certificate, int64_t number, struct cbor first,
                                 struct cbor second, struct cbor signature, struct err *err)
{
    const uint8_t *at = certificate.bytes;
    AUTO_FREE(X509_free) X509 *parsed = d2i_X509(NULL, &at, (long)certificate.length);
    const struct algorithm *algorithm = algorithm_find(number);
    EVP_PKEY *key = parsed ? X509_get0_pubkey(parsed) : NULL;
    if (!key || at != certificate.bytes + certificate.length || !algorithm ||
        EVP_PKEY_get_base_id(key) != algorithm->type)
        return err_set(err, ERR_INVALID, "webauthn: the certificate of the attestation is broken");
    return verify(key, algorithm, first, second, signature, err);
}
