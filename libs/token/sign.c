/*
 * Making tokens. Compact ones (a few a minute, for calls between services) are libjwt's work; the
 * general form signs every event that leaves, so its key and context are prepared once and used
 * again, under a lock.
 */
#include <jwt.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/random.h"
#include "crypto/crypto.h"
#include "token/key.h"
#include "json/field.h"
#include "json/read.h"

enum {
    SECOND_US = 1000000,
    PRIVATE_PEM_BYTES_MAX = 16 * 1024,
    SIGNATURE_BYTES_MAX = 1024, /* RSA of 8192 bits */
    PROTECTED_BYTES_MAX = 256,
    SERVICE_CLAIMS_BYTES_MAX = 1024
};

struct token_signer {
    const struct token_algorithm *algorithm;
    jwt_alg_t jwt_algorithm;
    char key_name[64];
    char *pem; /* libjwt parses it at every call; wiped at the end */
    EVP_PKEY *key;
    EVP_MD *digest;
    pthread_mutex_t lock; /* of the context */
    EVP_MD_CTX *context;
    struct str protected_header; /* base64url */
    struct str key_name_json;
};

static bool key_load(struct token_signer *signer, struct err *err);

/* An empty password, so that an encrypted key is a failure and no question on the terminal. */
static int no_password(char *buffer, int size, int writing, void *user)
{
    (void)buffer, (void)size, (void)writing, (void)user;
    return 0;
}

bool token_signer_new(const char *algorithm, const char *key_name, const char *private_pem,
                      struct token_signer **ret_signer, struct err *err)
{
    const struct token_algorithm *known = algorithm_find(algorithm);
    if (!known)
        return err_set(err, ERR_CONFIG, "key %.64s: unknown algorithm %.16s", key_name, algorithm);
    if (strlen(key_name) >= sizeof((*ret_signer)->key_name))
        return err_set(err, ERR_CONFIG, "key %.64s: its name is too long", key_name);
    if (strlen(private_pem) > PRIVATE_PEM_BYTES_MAX)
        return err_set(err, ERR_CONFIG, "key %s: too long", key_name);
    struct token_signer *signer = calloc(1, sizeof(*signer));
    if (!signer)
        return err_set(err, ERR_INTERNAL, "out of memory");
    pthread_mutex_init(&signer->lock, NULL);
    signer->algorithm = known;
    signer->jwt_algorithm = jwt_str_alg(known->name);
    memcpy(signer->key_name, key_name, strlen(key_name) + 1);
    signer->protected_header = STR_INIT(PROTECTED_BYTES_MAX);
    signer->key_name_json = STR_INIT(PROTECTED_BYTES_MAX * 2);
    signer->pem = strdup(private_pem);
    if (!signer->pem || !key_load(signer, err)) {
        if (!signer->pem)
            err_set(err, ERR_INTERNAL, "out of memory");
        token_signer_free(signer);
        ERR_clear_error();
        return err_wrap(err, "key %s", key_name);
    }
    *ret_signer = signer;
    return true;
}

static bool key_load(struct token_signer *signer, struct err *err)
{
    BIO *source = BIO_new_mem_buf(signer->pem, -1);
    signer->key = source ? PEM_read_bio_PrivateKey(source, NULL, no_password, NULL) : NULL;
    BIO_free(source);
    if (!signer->key)
        return err_set(err, ERR_CONFIG, "is no PEM private key without password");
    if (!algorithm_fits(signer->algorithm, signer->key, err))
        return false;
    if (signer->algorithm->digest)
        signer->digest = EVP_MD_fetch(NULL, signer->algorithm->digest, NULL);
    signer->context = EVP_MD_CTX_new();
    AUTO(str_release) struct str header = STR_INIT(PROTECTED_BYTES_MAX);
    str_add_format(&header, "{\"alg\":\"%s\"}", signer->algorithm->name);
    base64url_write(&signer->protected_header, str_data(&header), header.length);
    json_write_string(&signer->key_name_json, signer->key_name);
    if ((signer->algorithm->digest && !signer->digest) || !signer->context ||
        !str_ok(&signer->protected_header) || !str_ok(&signer->key_name_json))
        return err_set(err, ERR_INTERNAL, "out of memory");
    return true;
}

void token_signer_free(struct token_signer *signer)
{
    if (!signer)
        return;
    EVP_MD_CTX_free(signer->context);
    EVP_MD_free(signer->digest);
    EVP_PKEY_free(signer->key);
    if (signer->pem)
        OPENSSL_cleanse(signer->pem, strlen(signer->pem));
    free(signer->pem);
    str_release(&signer->protected_header);
    str_release(&signer->key_name_json);
    pthread_mutex_destroy(&signer->lock);
    free(signer);
}

/* ---- compact ---- */

static void free_jwt(jwt_t **jwt)
{
    jwt_free(*jwt);
}

bool token_sign(struct token_signer *signer, const char *claims_json, struct str *out,
                struct err *err)
{
    AUTO(free_jwt) jwt_t *jwt = NULL;
    if (signer->jwt_algorithm == JWT_ALG_INVAL) /* libjwt 1.10 does not know it */
        return token_sign_typed(signer, "JWT", claims_json, out, err);
    if (!json_check(claims_json, strlen(claims_json), err))
        return err_wrap(err, "claims to sign");
    bool made = jwt_new(&jwt) == 0 && jwt_add_grants_json(jwt, claims_json) == 0 &&
                jwt_set_alg(jwt, signer->jwt_algorithm, (const unsigned char *)signer->pem,
                            (int)strlen(signer->pem)) == 0;
    if (made && signer->key_name[0] != '\0')
        made = jwt_add_header(jwt, "kid", signer->key_name) == 0;
    char *text = made ? jwt_encode_str(jwt) : NULL;
    if (!text) {
        ERR_clear_error();
        return err_set(err, ERR_INTERNAL, "token not signed");
    }
    str_add(out, text);
    free(text);
    return str_ok(out) || err_set(err, ERR_INTERNAL, "no room for a token");
}

bool token_sign_service(struct token_signer *signer, const char *issuer, const char *audience,
                        int64_t now_us, int64_t lifetime_s, struct str *out, struct err *err)
{
    AUTO(str_release) struct str claims = STR_INIT(SERVICE_CLAIMS_BYTES_MAX);
    char jti[UUID_TEXT_SIZE];
    int64_t now_s = now_us / SECOND_US;
    assert(lifetime_s > 0);
    str_add(&claims, "{\"iss\":");
    json_write_string(&claims, issuer);
    str_add(&claims, ",\"aud\":");
    json_write_string(&claims, audience);
    str_add(&claims, ",\"sub\":\"service\",\"iat\":");
    str_add_i64(&claims, now_s);
    str_add(&claims, ",\"exp\":");
    str_add_i64(&claims, now_s + lifetime_s);
    str_add_format(&claims, ",\"jti\":\"%s\"}", uuid_text(uuid_new(), jti));
    if (!str_ok(&claims))
        return err_set(err, ERR_INTERNAL, "issuer or audience too long");
    return token_sign(signer, str_data(&claims), out, err);
}

/* ---- general ---- */

/* r and s out of OpenSSL's DER, each in its fixed length. */
static bool raw_from_der(const uint8_t *der, size_t length, size_t coordinate, uint8_t *ret_raw)
{
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)length);
    bool good = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), ret_raw, (int)coordinate) >= 0 &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), ret_raw + coordinate, (int)coordinate) >= 0;
    ECDSA_SIG_free(pair);
    return good;
}

static bool text_sign(struct token_signer *signer, const char *text, size_t length,
                      uint8_t ret_signature[static SIGNATURE_BYTES_MAX], size_t *ret_length)
{
    uint8_t signature[SIGNATURE_BYTES_MAX];
    size_t signature_length = sizeof(signature);
    pthread_mutex_lock(&signer->lock);
    bool good =
        context_begin(signer->context, signer->algorithm, signer->digest, signer->key, true) &&
        EVP_DigestSign(signer->context, signature, &signature_length, (const uint8_t *)text,
                       length) == 1;
    EVP_MD_CTX_reset(signer->context);
    pthread_mutex_unlock(&signer->lock);
    size_t coordinate = signer->algorithm->coordinate;
    if (good && coordinate > 0) {
        good = raw_from_der(signature, signature_length, coordinate, ret_signature);
        *ret_length = 2 * coordinate;
    } else if (good) {
        memcpy(ret_signature, signature, signature_length);
        *ret_length = signature_length;
    }
    if (!good)
        ERR_clear_error();
    return good;
}

bool token_sign_typed(struct token_signer *signer, const char *type, const char *claims_json,
                      struct str *out, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(TOKEN_BYTES_MAX);
    AUTO(str_release) struct str header = STR_INIT(PROTECTED_BYTES_MAX * 2);
    uint8_t signature[SIGNATURE_BYTES_MAX];
    size_t length;
    if (!json_check(claims_json, strlen(claims_json), err))
        return err_wrap(err, "claims to sign");
    str_add_format(&header, "{\"alg\":\"%s\",\"typ\":", signer->algorithm->name);
    json_write_string(&header, type);
    if (signer->key_name[0] != '\0') {
        str_add(&header, ",\"kid\":");
        str_add(&header, signer->key_name_json.data);
    }
    str_add_char(&header, '}');
    base64url_write(&text, str_data(&header), header.length);
    str_add_char(&text, '.');
    base64url_write(&text, claims_json, strlen(claims_json));
    if (!str_ok(&header) || !str_ok(&text))
        return err_set(err, ERR_INTERNAL, "claims to sign are too long");
    if (!text_sign(signer, text.data, text.length, signature, &length))
        return err_set(err, ERR_INTERNAL, "token not signed");
    str_add_char(&text, '.');
    base64url_write(&text, signature, length);
    str_add_bytes(out, str_data(&text), text.length);
    return (str_ok(&text) && str_ok(out)) || err_set(err, ERR_INTERNAL, "no room for a token");
}

bool token_sign_general(struct token_signer *signer, const char *payload_json, struct str *out,
                        struct err *err)
{
    uint8_t signature[SIGNATURE_BYTES_MAX];
    size_t signature_length, payload_length = strlen(payload_json);
    const struct str *protected = &signer->protected_header;
    AUTO(str_release) struct str input = STR_INIT(protected->length + 8 + payload_length * 2);
    str_add_bytes(&input, protected->data, protected->length);
    str_add_char(&input, '.');
    base64url_write(&input, payload_json, payload_length);
    if (!str_ok(&input))
        return err_set(err, ERR_INTERNAL, "out of memory");
    if (!text_sign(signer, input.data, input.length, signature, &signature_length))
        return err_set(err, ERR_INTERNAL, "document not signed");
    str_add(out, "{\"payload\":\"");
    str_add(out, input.data + protected->length + 1);
    str_add(out, "\",\"signatures\":[{\"protected\":\"");
    str_add_bytes(out, protected->data, protected->length);
    str_add(out, "\",\"header\":{\"kid\":");
    str_add(out, signer->key_name_json.data);
    str_add(out, "},\"signature\":\"");
    base64url_write(out, signature, signature_length);
    str_add(out, "\"}]}");
    return str_ok(out) || err_set(err, ERR_INTERNAL, "no room for a signed document");
}
