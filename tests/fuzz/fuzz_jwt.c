/*
 * Tokens from outside. The first byte says which door is tried:
 *   't'  the whole text is a compact token; nobody but us has the key, so none may be taken
 *   'g'  a signed document in general form; no signer may be found in it
 *   'c'  a claim set; what is taken must hold what the rules ask
 *   's'  "header newline claims", which are signed here: past the signature, into the rest
 */
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "crypto/crypto.h"
#include "token/claims.h"
#include "token/token.h"

enum { NOW_S = 1800000000, JSON_BYTES_MAX = 128 * 1024, COORDINATE = 32 };

#define NOW_US ((int64_t)NOW_S * 1000000)

static const char *const audience[] = {"peatio", NULL};
static const char *const permitted[] = {"key", NULL};
static const struct token_rules rules = {.issuer = "barong",
                                         .audience = audience,
                                         .subject = "session",
                                         .issued_at_leeway_s = 60,
                                         .expiry_required = true,
                                         .jti_required = true};

struct fuzz_key {
    EVP_PKEY *key;
    struct token_keys *keys;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One key for the whole run, never freed: it stays reachable. */
static const struct fuzz_key *key_get(void)
{
    static struct fuzz_key made;
    struct err err;
    char *pem;
    if (made.key)
        return &made;
    made.key = EVP_EC_gen("P-256");
    made.keys = token_keys_new();
    BIO *out = BIO_new(BIO_s_mem());
    int written = PEM_write_bio_PUBKEY(out, made.key) + BIO_write(out, "", 1);
    assert(written == 2);
    BIO_get_mem_data(out, &pem);
    bool added = token_keys_add(made.keys, "key", "ES256", pem, &err);
    assert(added);
    BIO_free(out);
    return &made;
}

static void check_claims(const struct token_claims *claims)
{
    assert(strcmp(claims->issuer, "barong") == 0);
    assert(strcmp(claims->subject, "session") == 0);
    assert(claims->jti[0] != '\0');
    assert(claims->expires_at_s > NOW_S);
    assert(claims->issued_at_s <= NOW_S + 60);
    assert(claims->not_before_s <= NOW_S);
}

static void try_token(const char *text, size_t length)
{
    AUTO(str_release) struct str json = STR_INIT(JSON_BYTES_MAX);
    struct token_claims claims;
    struct err err;
    bool good = token_verify(key_get()->keys, &rules, NOW_US, text, length, &claims, &json, &err);
    assert(!good);
    assert(err.code == ERR_UNAUTHENTICATED);
    assert(json.length == 0);
}

static void try_general(const char *text, size_t length)
{
    AUTO(str_release) struct str json = STR_INIT(JSON_BYTES_MAX);
    uint32_t signers;
    struct err err;
    if (token_verify_general(key_get()->keys, permitted, &rules, NOW_US, text, length, &signers,
                             &json, &err))
        assert(signers == 0);
    else
        assert(err.code == ERR_UNAUTHENTICATED || err.code == ERR_BODY_INVALID);
}

static void try_claims(const char *text, size_t length)
{
    struct token_claims claims;
    struct err err;
    if (claims_read(text, length, &rules, NOW_US, &claims, &err))
        check_claims(&claims);
    else
        assert(err.code == ERR_UNAUTHENTICATED);
}

static void sign(EVP_PKEY *key, struct str *text)
{
    uint8_t der[128], raw[2 * COORDINATE];
    const uint8_t *from = der;
    size_t length = sizeof(der);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int done = EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) &&
               EVP_DigestSign(context, der, &length, (const uint8_t *)text->data, text->length);
    assert(done == 1);
    EVP_MD_CTX_free(context);
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &from, (long)length);
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, COORDINATE);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + COORDINATE, COORDINATE);
    ECDSA_SIG_free(pair);
    str_add_char(text, '.');
    base64url_write(text, raw, sizeof(raw));
}

static void try_signed(const char *text, size_t length)
{
    AUTO(str_release) struct str token = STR_INIT(JSON_BYTES_MAX), json = STR_INIT(JSON_BYTES_MAX);
    const char *line = memchr(text, '\n', length);
    struct token_claims claims;
    struct err err;
    if (!line || length > TOKEN_BYTES_MAX)
        return;
    size_t header_length = (size_t)(line - text);
    base64url_write(&token, text, header_length);
    str_add_char(&token, '.');
    base64url_write(&token, line + 1, length - header_length - 1);
    sign(key_get()->key, &token);
    assert(str_ok(&token));
    if (!token_verify(key_get()->keys, &rules, NOW_US, token.data, token.length, &claims, &json,
                      &err)) {
        assert(err.code == ERR_UNAUTHENTICATED);
        return;
    }
    check_claims(&claims);
    assert(claims.json_length == length - header_length - 1);
    assert(memcmp(claims.json, line + 1, claims.json_length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    /* A copy that ends where the input ends: reading behind it is seen. The NUL is claims_read()'s.
     */
    char *text = malloc(size);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    if (data[0] == 't')
        try_token(text, size - 1);
    else if (data[0] == 'g')
        try_general(text, size - 1);
    else if (data[0] == 'c')
        try_claims(text, size - 1);
    else if (data[0] == 's')
        try_signed(text, size - 1);
    free(text);
    return 0;
}
