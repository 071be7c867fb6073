#include "auth/state/signing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "json/read.h"

struct signing {
    pthread_rwlock_t lock;
    struct token_keys *keys; /* not ours */
    struct token_signer *signer;
    char algorithm[SIGNING_ALGORITHM_SIZE];
    struct str jwks;
    _Atomic unsigned generation;
    struct token_keys *own_keys;
    struct token_signer *own_signer;
    struct signing_key own; /* its texts are the two below */
    char *own_private_pem, *own_public_pem;
};

DEFINE_AUTO(cJSON, cJSON_Delete);

bool signing_key_name(struct signing_key *key, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(TOKEN_JWKS_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *jwk = NULL;
    return token_jwk_write("key", key->algorithm, key->public_pem, &text, err) &&
           json_read(str_data(&text), text.length, &jwk, err) &&
           token_jwk_thumbprint(jwk, key->kid, err);
}

bool signing_new(struct token_keys *keys, struct signing **ret_signing, struct err *err)
{
    struct signing *signing = calloc(1, sizeof(*signing));
    if (!signing)
        return err_set(err, ERR_INTERNAL, "no memory");
    pthread_rwlock_init(&signing->lock, NULL);
    signing->keys = keys;
    signing->jwks = STR_INIT(TOKEN_JWKS_BYTES_MAX);
    signing->own_keys = token_keys_new();
    if (!signing->own_keys) {
        signing_free(signing);
        return err_set(err, ERR_INTERNAL, "no memory");
    }
    *ret_signing = signing;
    return true;
}

static void texts_free(char *private_pem, char *public_pem)
{
    if (private_pem)
        explicit_bzero(private_pem, strlen(private_pem));
    free(private_pem);
    free(public_pem);
}

void signing_free(struct signing *signing)
{
    if (!signing)
        return;
    token_signer_free(signing->signer);
    token_signer_free(signing->own_signer);
    token_keys_free(signing->own_keys);
    texts_free(signing->own_private_pem, signing->own_public_pem);
    str_release(&signing->jwks);
    pthread_rwlock_destroy(&signing->lock);
    free(signing);
}

/* ---- our own key ---- */

static bool is_pair(struct token_signer *signer, const struct token_keys *keys, struct err *err)
{
    static const struct token_rules any = {.issuer = NULL};
    AUTO(str_release) struct str token = STR_INIT(TOKEN_BYTES_MAX);
    AUTO(str_release) struct str json = STR_INIT(TOKEN_BYTES_MAX);
    struct token_claims claims;
    struct err why;
    if (!token_sign(signer, "{\"sub\":\"pair\"}", &token, err))
        return false;
    return token_verify(keys, &any, 0, str_data(&token), token.length, &claims, &json, &why) ||
           err_set(err, ERR_CONFIG, "the private and the public key are no pair");
}

/* Exchanges what is there for what the caller has. */
static void own_exchange(struct signing *signing, struct token_keys *keys,
                         struct token_signer **signer)
{
    pthread_rwlock_wrlock(&signing->lock);
    struct token_signer *former = signing->own_signer;
    signing->own_signer = *signer;
    token_keys_swap(signing->own_keys, keys);
    pthread_rwlock_unlock(&signing->lock);
    *signer = former;
}

bool signing_own_set(struct signing *signing, const struct signing_key *key, struct err *err)
{
    struct token_keys *keys = token_keys_new();
    struct token_signer *signer = NULL;
    char *private_pem = strdup(key->private_pem), *public_pem = strdup(key->public_pem);
    bool good = (keys && private_pem && public_pem) || err_set(err, ERR_INTERNAL, "no memory");
    good = good && token_keys_add(keys, key->kid, key->algorithm, public_pem, err) &&
           token_signer_new(key->algorithm, "", private_pem, &signer, err) &&
           is_pair(signer, keys, err);
    if (good) {
        own_exchange(signing, keys, &signer);
        texts_free(signing->own_private_pem, signing->own_public_pem);
        signing->own = *key;
        signing->own.private_pem = signing->own_private_pem = private_pem;
        signing->own.public_pem = signing->own_public_pem = public_pem;
    } else {
        texts_free(private_pem, public_pem);
    }
    token_signer_free(signer);
    token_keys_free(keys);
    return good;
}

const struct signing_key *signing_own(const struct signing *signing)
{
    return &signing->own;
}

bool signing_own_sign(struct signing *signing, const char *claims_json, struct str *out,
                      struct err *err)
{
    pthread_rwlock_rdlock(&signing->lock);
    bool good = token_sign(signing->own_signer, claims_json, out, err);
    pthread_rwlock_unlock(&signing->lock);
    return good;
}

const struct token_keys *signing_own_keys(const struct signing *signing)
{
    return signing->own_keys;
}

/* ---- the keys of sessions ---- */

struct next {
    struct token_keys *keys;
    struct token_signer *signer;
    const char *algorithm;
    struct str jwks;
};

static bool next_publish(struct next *next, const struct signing_key *key, struct err *err)
{
    if (next->jwks.data[next->jwks.length - 1] == '}')
        str_add(&next->jwks, ",");
    return token_jwk_write(key->kid, key->algorithm, key->public_pem, &next->jwks, err);
}

static bool next_add(struct next *next, const struct signing_key *key, struct err *err)
{
    if (!token_keys_add(next->keys, key->kid, key->algorithm, key->public_pem, err))
        return false;
    if (key->is_published && !next_publish(next, key, err))
        return false;
    if (!key->signs)
        return true;
    if (next->signer)
        return err_set(err, ERR_CONFIG, "two keys sign");
    next->algorithm = key->algorithm;
    return token_signer_new(key->algorithm, key->kid, key->private_pem, &next->signer, err);
}

static bool next_make(struct next *next, const struct signing_key *keys, size_t count,
                      const char *nameless, struct err *err)
{
    assert(count <= SIGNING_KEYS_MAX);
    if (!next->keys)
        return err_set(err, ERR_INTERNAL, "no memory");
    str_add(&next->jwks, "{\"keys\":[");
    for (size_t i = 0; i < count; i++)
        if (!next_add(next, &keys[i], err))
            return false;
    str_add(&next->jwks, "]}");
    if (!next->signer)
        return err_set(err, ERR_CONFIG, "no key signs");
    if (nameless && !token_keys_set_nameless(next->keys, nameless, err))
        return false;
    return str_ok(&next->jwks) || err_set(err, ERR_INTERNAL, "no room for the keys");
}

bool signing_set(struct signing *signing, const struct signing_key *keys, size_t count,
                 const char *nameless, bool *ret_gone, struct err *err)
{
    struct next next = {.keys = token_keys_new(), .jwks = STR_INIT(TOKEN_JWKS_BYTES_MAX)};
    bool good = next_make(&next, keys, count, nameless, err);
    if (good) {
        pthread_rwlock_wrlock(&signing->lock);
        struct token_signer *signer = signing->signer;
        struct str jwks = signing->jwks;
        signing->signer = next.signer;
        signing->jwks = next.jwks;
        memcpy(signing->algorithm, next.algorithm, strlen(next.algorithm) + 1);
        signing->generation++;
        *ret_gone = token_keys_swap(signing->keys, next.keys);
        pthread_rwlock_unlock(&signing->lock);
        next.signer = signer;
        next.jwks = jwks;
    }
    token_signer_free(next.signer);
    token_keys_free(next.keys);
    str_release(&next.jwks);
    return good;
}

bool signing_sign_typed(struct signing *signing, const char *type, const char *claims_json,
                        struct str *out, struct err *err)
{
    pthread_rwlock_rdlock(&signing->lock);
    bool good = signing->signer
                    ? type ? token_sign_typed(signing->signer, type, claims_json, out, err)
                           : token_sign(signing->signer, claims_json, out, err)
                    : err_set(err, ERR_BUSY, "there is no key to sign with yet");
    pthread_rwlock_unlock(&signing->lock);
    return good;
}

bool signing_sign(struct signing *signing, const char *claims_json, struct str *out,
                  struct err *err)
{
    return signing_sign_typed(signing, NULL, claims_json, out, err);
}

unsigned signing_generation(const struct signing *signing)
{
    return signing->generation;
}

void signing_jwks(struct signing *signing, struct str *out)
{
    pthread_rwlock_rdlock(&signing->lock);
    str_add(out, signing->jwks.length > 0 ? signing->jwks.data : "{\"keys\":[]}");
    pthread_rwlock_unlock(&signing->lock);
}

const char *signing_algorithm(struct signing *signing)
{
    static const char *const known[] = {"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"};
    const char *found = known[0];
    pthread_rwlock_rdlock(&signing->lock);
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (strcmp(known[i], signing->algorithm) == 0)
            found = known[i];
    pthread_rwlock_unlock(&signing->lock);
    return found;
}
