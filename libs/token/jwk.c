/* JWK to OpenSSL's keys and back. */
#include "token/jwk.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/auto.h"
#include "crypto/crypto.h"
#include "json/field.h"
#include "json/read.h"
#include "token/key.h"
#include "token/verify.h"

enum {
    MEMBER_BYTES_MAX = 1024, /* a modulus of 8192 bits */
    PEM_BYTES_MAX = 16 * 1024,
    RSA_BITS = 2048
};

/* What a JWK calls a curve, OpenSSL's name, the algorithm, bytes of a coordinate. */
struct curve {
    const char *name, *group, *algorithm;
    size_t coordinate;
};
static const struct curve curves[] = {{"P-256", "prime256v1", "ES256", 32},
                                      {"P-384", "secp384r1", "ES384", 48},
                                      {"P-521", "secp521r1", "ES512", 66}};
enum { ED25519_BYTES = 32, POINT_BYTES_MAX = 1 + 2 * 66 };

static bool refuse(struct err *err, const char *what)
{
    ERR_clear_error();
    return err_set(err, ERR_INVALID, "jwk: %s", what);
}

/* ---- reading ---- */

/* A binary member of 1 to MEMBER_BYTES_MAX bytes. */
static bool bytes_read(const cJSON *jwk, const char *member, struct str *out, struct err *err)
{
    const char *text = json_member_text(jwk, member);
    str_clear(out);
    if (!text || !base64url_read(text, strlen(text), out) || out->length == 0)
        return err_set(err, ERR_INVALID, "jwk: %s is missing or no base64url", member);
    return true;
}

static EVP_PKEY *key_from_params(const char *kind, OSSL_PARAM_BLD *builder)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
    if (!params || !context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    return key;
}

static EVP_PKEY *rsa_build(const struct str *modulus, const struct str *exponent)
{
    BIGNUM *n = BN_bin2bn((const uint8_t *)modulus->data, (int)modulus->length, NULL);
    BIGNUM *e = BN_bin2bn((const uint8_t *)exponent->data, (int)exponent->length, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    /* An exponent of 1 would verify anything, a huge one would keep us busy. */
    if (n && e && builder && BN_is_odd(e) && !BN_is_one(e) && BN_num_bits(e) <= 33 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        key = key_from_params("RSA", builder);
    OSSL_PARAM_BLD_free(builder);
    BN_free(n);
    BN_free(e);
    return key;
}

static EVP_PKEY *ec_build(const struct curve *curve, const uint8_t *point, size_t length)
{
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (builder &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve->group, 0) ==
            1 &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, length) == 1)
        key = key_from_params("EC", builder);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX *check = key ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
    if (!check || EVP_PKEY_public_check(check) != 1) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    EVP_PKEY_CTX_free(check);
    return key;
}

static bool ec_read(const cJSON *jwk, EVP_PKEY **ret_key, const char **ret_algorithm,
                    struct err *err)
{
    AUTO(str_release) struct str x = STR_INIT(MEMBER_BYTES_MAX), y = STR_INIT(MEMBER_BYTES_MAX);
    const char *name = json_member_text(jwk, "crv");
    const struct curve *curve = NULL;
    for (size_t i = 0; name && i < ARRAY_LEN(curves); i++)
        if (strcmp(curves[i].name, name) == 0)
            curve = &curves[i];
    if (!curve)
        return refuse(err, "a curve that we don't know");
    if (!bytes_read(jwk, "x", &x, err) || !bytes_read(jwk, "y", &y, err))
        return false;
    if (x.length != curve->coordinate || y.length != curve->coordinate)
        return refuse(err, "coordinates of a wrong length");
    uint8_t point[POINT_BYTES_MAX] = {4}; /* uncompressed */
    memcpy(point + 1, x.data, x.length);
    memcpy(point + 1 + x.length, y.data, y.length);
    *ret_algorithm = curve->algorithm;
    *ret_key = ec_build(curve, point, 1 + 2 * curve->coordinate);
    return *ret_key || refuse(err, "a point that is not on the curve");
}

static bool okp_read(const cJSON *jwk, EVP_PKEY **ret_key, const char **ret_algorithm,
                     struct err *err)
{
    AUTO(str_release) struct str x = STR_INIT(MEMBER_BYTES_MAX);
    const char *name = json_member_text(jwk, "crv");
    if (!name || strcmp(name, "Ed25519") != 0)
        return refuse(err, "a curve that we don't know");
    if (!bytes_read(jwk, "x", &x, err))
        return false;
    if (x.length != ED25519_BYTES)
        return refuse(err, "x of a wrong length");
    *ret_algorithm = "EdDSA";
    *ret_key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const uint8_t *)x.data, x.length);
    return *ret_key || refuse(err, "no Ed25519 key");
}

static bool rsa_read(const cJSON *jwk, EVP_PKEY **ret_key, const char **ret_algorithm,
                     struct err *err)
{
    AUTO(str_release) struct str n = STR_INIT(MEMBER_BYTES_MAX), e = STR_INIT(MEMBER_BYTES_MAX);
    if (!bytes_read(jwk, "n", &n, err) || !bytes_read(jwk, "e", &e, err))
        return false;
    *ret_algorithm = "RS256";
    *ret_key = rsa_build(&n, &e);
    return *ret_key || refuse(err, "no RSA key");
}

/* kty, and who reads such a key. */
static const struct kind {
    const char *name;
    bool (*read)(const cJSON *jwk, EVP_PKEY **ret_key, const char **ret_algorithm, struct err *err);
} kinds[] = {{"RSA", rsa_read}, {"EC", ec_read}, {"OKP", okp_read}};

static const struct kind *kind_find(const cJSON *jwk)
{
    const char *name = json_member_text(jwk, "kty");
    for (size_t i = 0; name && i < ARRAY_LEN(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static bool key_read(const cJSON *jwk, EVP_PKEY **ret_key, const char **ret_algorithm,
                     struct err *err)
{
    static const char *const secrets[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
        if (json_member(jwk, secrets[i]))
            return refuse(err, "a private key; give the public one");
    const struct kind *kind = kind_find(jwk);
    return kind ? kind->read(jwk, ret_key, ret_algorithm, err)
                : refuse(err, "a kind of key that we don't know");
}

/* ---- writing ---- */

static void number_write(struct str *out, const EVP_PKEY *key, const char *param, size_t length)
{
    uint8_t bytes[MEMBER_BYTES_MAX];
    BIGNUM *number = NULL;
    int size = 0;
    if (EVP_PKEY_get_bn_param(key, param, &number) == 1)
        size = length ? (int)length : BN_num_bytes(number);
    if (number && size <= MEMBER_BYTES_MAX && BN_bn2binpad(number, bytes, size) == size)
        base64url_write(out, bytes, (size_t)size);
    else
        out->failed = true;
    BN_free(number);
}

/* The members of RFC 7638 in its order, without braces; `use` comes after kty in published keys. */
static void members_write(struct str *out, const EVP_PKEY *key, const char *extra)
{
    char group[64];
    size_t length = 0;
    if (EVP_PKEY_is_a(key, "RSA")) {
        str_add(out, "\"e\":\"");
        number_write(out, key, OSSL_PKEY_PARAM_RSA_E, 0);
        str_add_format(out, "\",\"kty\":\"RSA\"%s,\"n\":\"", extra);
        number_write(out, key, OSSL_PKEY_PARAM_RSA_N, 0);
    } else if (EVP_PKEY_is_a(key, "ED25519")) {
        uint8_t x[ED25519_BYTES];
        length = sizeof(x);
        str_add_format(out, "\"crv\":\"Ed25519\",\"kty\":\"OKP\"%s,\"x\":\"", extra);
        if (EVP_PKEY_get_raw_public_key(key, x, &length) == 1)
            base64url_write(out, x, length);
        else
            out->failed = true;
    } else {
        const struct curve *curve = NULL;
        bool named = EVP_PKEY_get_group_name(key, group, sizeof(group), &length) == 1;
        for (size_t i = 0; named && i < ARRAY_LEN(curves); i++)
            if (strcmp(curves[i].group, group) == 0)
                curve = &curves[i];
        out->failed = out->failed || !curve;
        str_add_format(out, "\"crv\":\"%s\",\"kty\":\"EC\"%s,\"x\":\"", curve ? curve->name : "",
                       extra);
        number_write(out, key, OSSL_PKEY_PARAM_EC_PUB_X, curve ? curve->coordinate : 0);
        str_add(out, "\",\"y\":\"");
        number_write(out, key, OSSL_PKEY_PARAM_EC_PUB_Y, curve ? curve->coordinate : 0);
    }
    str_add_char(out, '"');
}

static bool thumbprint_of(const EVP_PKEY *key, char ret_thumbprint[static TOKEN_THUMBPRINT_SIZE],
                          struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(2 * MEMBER_BYTES_MAX);
    AUTO(str_release) struct str digits = STR_INIT(TOKEN_THUMBPRINT_SIZE);
    uint8_t digest[SHA256_SIZE];
    str_add_char(&text, '{');
    members_write(&text, key, "");
    str_add_char(&text, '}');
    if (!str_ok(&text))
        return refuse(err, "the key can't be written");
    sha256(text.data, text.length, digest);
    base64url_write(&digits, digest, sizeof(digest));
    assert(digits.length == TOKEN_THUMBPRINT_SIZE - 1);
    memcpy(ret_thumbprint, digits.data, TOKEN_THUMBPRINT_SIZE);
    return true;
}

static EVP_PKEY *pem_read(const char *pem)
{
    BIO *source = BIO_new_mem_buf(pem, -1);
    bool private_key = strstr(pem, "PRIVATE KEY") != NULL;
    EVP_PKEY *key = NULL;
    char no_password[] = "";
    if (source && private_key)
        key = PEM_read_bio_PrivateKey(source, NULL, NULL, no_password);
    else if (source)
        key = PEM_read_bio_PUBKEY(source, NULL, NULL, NULL);
    BIO_free(source);
    return key;
}

bool token_jwk_write(const char *name, const char *algorithm, const char *pem, struct str *out,
                     struct err *err)
{
    AUTO(str_release) struct str extra = STR_INIT(MEMBER_BYTES_MAX);
    const struct token_algorithm *known = algorithm_find(algorithm);
    EVP_PKEY *key = pem_read(pem);
    bool good = key && known;
    if (!good)
        refuse(err, "no PEM key, or an unknown algorithm");
    good = good && algorithm_fits(known, key, err);
    if (good) {
        str_add(&extra, ",\"use\":\"sig\",\"kid\":");
        json_write_string(&extra, name);
        str_add_format(&extra, ",\"alg\":\"%s\"", known->name);
        str_add_char(out, '{');
        members_write(out, key, str_data(&extra));
        str_add_char(out, '}');
        good = (str_ok(&extra) && str_ok(out)) || refuse(err, "the key can't be written");
    }
    EVP_PKEY_free(key);
    return good;
}

bool token_jwk_thumbprint(const cJSON *jwk, char ret_thumbprint[static TOKEN_THUMBPRINT_SIZE],
                          struct err *err)
{
    EVP_PKEY *key = NULL;
    const char *algorithm;
    bool good = key_read(jwk, &key, &algorithm, err) && thumbprint_of(key, ret_thumbprint, err);
    EVP_PKEY_free(key);
    return good;
}

/* ---- sets ---- */

bool token_keys_add_jwk(struct token_keys *keys, const cJSON *jwk, const char *algorithm,
                        struct err *err)
{
    EVP_PKEY *key = NULL;
    const char *usual, *name = json_member_text(jwk, "kid"), *own = json_member_text(jwk, "alg");
    char thumbprint[TOKEN_THUMBPRINT_SIZE];
    struct err ignored;
    if (!key_read(jwk, &key, &usual, err))
        return false;
    if (!name && !thumbprint_of(key, thumbprint, err)) {
        EVP_PKEY_free(key);
        return false;
    }
    const struct token_algorithm *wanted = algorithm ? algorithm_find(algorithm) : NULL;
    if (wanted && algorithm_fits(wanted, key, &ignored))
        usual = wanted->name;
    ERR_clear_error();
    if (keys_take(keys, name ? name : thumbprint, own ? own : usual, key, err))
        return true;
    err->code = ERR_INVALID;
    return false;
}

/* Whether the key is one for signatures, of a kind and an algorithm of ours. */
static bool is_usable(const cJSON *jwk)
{
    const char *use = json_member_text(jwk, "use"), *algorithm = json_member_text(jwk, "alg");
    return kind_find(jwk) && (!use || strcmp(use, "sig") == 0) &&
           (!algorithm || algorithm_find(algorithm));
}

bool token_keys_add_jwks(struct token_keys *keys, const char *json, size_t length,
                         const char *algorithm, size_t *ret_added, struct err *err)
{
    cJSON *root;
    size_t added = 0;
    if (length > TOKEN_JWKS_BYTES_MAX)
        return refuse(err, "a set above its size");
    if (!json_read(json, length, &root, err)) {
        err->code = ERR_INVALID;
        return err_wrap(err, "jwks");
    }
    const cJSON *list = json_member(root, "keys"), *jwk;
    bool good = cJSON_IsArray(list) || refuse(err, "a set without a list of keys");
    cJSON_ArrayForEach(jwk, list)
    {
        if (!good || !is_usable(jwk))
            continue;
        good = token_keys_add_jwk(keys, jwk, algorithm, err);
        added += good;
    }
    cJSON_Delete(root);
    if (good)
        *ret_added = added;
    return good;
}

/* ---- a key that comes with its token ---- */

bool header_key(const cJSON *header, struct embedded *embedded, struct err *err)
{
    const cJSON *jwk = json_member(header, "jwk");
    const char *algorithm = json_member_text(header, "alg");
    const struct token_algorithm *known = algorithm ? algorithm_find(algorithm) : NULL;
    EVP_PKEY *key = NULL;
    const char *usual;
    if (!known || !cJSON_IsObject(jwk))
        return err_set(err, ERR_UNAUTHENTICATED, "proof: no key, or no algorithm that we take");
    bool good = key_read(jwk, &key, &usual, err) && thumbprint_of(key, embedded->thumbprint, err);
    if (!good)
        EVP_PKEY_free(key);
    good = good && keys_take(embedded->keys, embedded->thumbprint, known->name, key, err);
    if (!good)
        err->code = ERR_UNAUTHENTICATED;
    return good;
}

/* ---- making keys ---- */

static bool pem_write(EVP_PKEY *key, bool private_key, struct str *out)
{
    BIO *sink = BIO_new(BIO_s_mem());
    char *text;
    bool good =
        sink && (private_key ? PEM_write_bio_PKCS8PrivateKey(sink, key, NULL, NULL, 0, NULL, NULL)
                             : PEM_write_bio_PUBKEY(sink, key)) == 1;
    if (good) {
        long length = BIO_get_mem_data(sink, &text);
        str_add_bytes(out, text, (size_t)length);
        if (private_key)
            OPENSSL_cleanse(text, (size_t)length);
    }
    BIO_free(sink);
    return good && str_ok(out);
}

bool token_key_generate(const char *algorithm, struct str *private_pem, struct str *public_pem,
                        char ret_thumbprint[static TOKEN_THUMBPRINT_SIZE], struct err *err)
{
    const struct token_algorithm *known = algorithm_find(algorithm);
    EVP_PKEY *key = NULL;
    if (!known)
        return refuse(err, "an unknown algorithm");
    if (known->curve)
        key = EVP_EC_gen(known->curve);
    else if (strcmp(known->kind, "RSA") == 0)
        key = EVP_RSA_gen(RSA_BITS);
    else
        key = EVP_PKEY_Q_keygen(NULL, NULL, known->kind);
    bool good = key && pem_write(key, true, private_pem) && pem_write(key, false, public_pem);
    if (!good)
        refuse(err, "no key could be made");
    good = good && thumbprint_of(key, ret_thumbprint, err);
    EVP_PKEY_free(key);
    return good;
}
