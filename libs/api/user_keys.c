#include "api/user_keys.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/auto.h"
#include "crypto/crypto.h"
#include "jwks/jwks.h"
#include "token/audience.h"

enum {
    KEY_BYTES_MAX = 16 * 1024,
    /* Clocks of two machines differ; OpenDAX's template allows this much for `iat`. */
    ISSUED_AT_LEEWAY_S = 180,
    NAP_MS = 100,
    RETRY_MS = 1000
};

struct user_keys {
    struct jwks *jwks;
    bool is_told; /* the issuer tells its keys */
    char *pem;    /* of the configured key; NULL: none */
    struct token_audience audience;
    struct token_cache *tokens;
    user_token_read *read;
    void *app;
};

/* ---- claims ---- */

bool user_claims_refuse(struct err *err, const char *what)
{
    return err_set(err, ERR_UNAUTHENTICATED, "claims: %s", what);
}

bool user_claim_text(const cJSON *claims, const char *key, char *buffer, size_t size)
{
    const char *text = json_member_text(claims, key);
    if (!text || text[strspn(text, " \t")] == '\0' || strlen(text) >= size)
        return false;
    memcpy(buffer, text, strlen(text) + 1);
    return true;
}

static bool value_from_claims(void *context, const struct token_claims *claims, void *ret_value,
                              struct err *err)
{
    const struct user_keys *keys = context;
    cJSON *root;
    if (claims->issued_at_s == 0)
        return user_claims_refuse(err, "no iat");
    if (!json_read(claims->json, claims->json_length, &root, err))
        return user_claims_refuse(err, "no JSON object");
    bool ok = keys->read(keys->app, root, ret_value, err);
    cJSON_Delete(root);
    return ok;
}

/* ---- keys ---- */

/* PEM as it is, or the URL-safe base64 of it, as JWT_PUBLIC_KEY carries it. */
static bool pem_text(const char *text, struct str *pem, struct err *err)
{
    if (strncmp(text, "-----BEGIN", 10) == 0)
        str_add(pem, text);
    else if (!base64_read_any(text, strcspn(text, "\r\n"), pem))
        return err_set(err, ERR_CONFIG, "neither PEM nor base64 of it");
    return str_ok(pem) || err_set(err, ERR_CONFIG, "too long");
}

static bool open_keys(const struct user_keys_spec *spec, struct user_keys *keys, struct err *err)
{
    AUTO(str_release) struct str pem = STR_INIT(KEY_BYTES_MAX);
    if (!token_audience_read(&keys->audience, spec->audience, err))
        return err_wrap(err, "JWT_AUDIENCE");
    if (spec->public_key[0] != '\0' && !pem_text(spec->public_key, &pem, err))
        return err_wrap(err, "JWT_PUBLIC_KEY_FILE");
    keys->pem = TAKE(pem.data);
    const struct jwks_spec jwks = {.url = spec->jwks_url,
                                   .algorithm = spec->algorithm,
                                   .fixed_pem = keys->pem,
                                   .fixed_name = "user",
                                   .clock = spec->clock};
    if (!jwks_new(&jwks, &keys->jwks, err))
        return err_wrap(err, "JWT_PUBLIC_KEY_FILE, JWKS_URL");
    bool any_issuer = !spec->issuer || spec->issuer[0] == '\0';
    const struct token_rules rules = {.issuer = any_issuer ? NULL : spec->issuer,
                                      .audience = token_audience_rule(&keys->audience),
                                      .subject = "session",
                                      .issued_at_leeway_s = ISSUED_AT_LEEWAY_S,
                                      .expiry_required = true,
                                      .jti_required = true};
    keys->tokens = token_cache_new(jwks_keys(keys->jwks), &rules, spec->tokens_max,
                                   spec->value_size, value_from_claims, keys);
    return keys->tokens || err_set(err, ERR_INTERNAL, "no memory");
}

bool user_keys_open(const struct user_keys_spec *spec, struct user_keys **ret_keys, struct err *err)
{
    struct user_keys *keys = calloc(1, sizeof(*keys));
    if (!keys)
        return err_set(err, ERR_INTERNAL, "no memory");
    keys->is_told = spec->jwks_url && spec->jwks_url[0] != '\0';
    keys->read = spec->read;
    keys->app = spec->app;
    if (open_keys(spec, keys, err)) {
        *ret_keys = keys;
        return true;
    }
    user_keys_close(keys);
    return false;
}

void user_keys_close(struct user_keys *keys)
{
    if (!keys)
        return;
    token_cache_free(keys->tokens);
    jwks_free(keys->jwks);
    free(keys->pem);
    free(keys);
}

struct token_cache *user_keys_tokens(const struct user_keys *keys)
{
    return keys->tokens;
}

bool user_keys_is_ready(const struct user_keys *keys)
{
    return jwks_is_ready(keys->jwks);
}

bool user_keys_refresh(struct user_keys *keys, struct err *err)
{
    bool gone;
    if (!jwks_refresh(keys->jwks, &gone, err))
        return false;
    if (gone)
        token_cache_clear(keys->tokens);
    return true;
}

void user_keys_watch(struct user_keys *keys, int64_t refresh_s, const _Atomic bool *stopping,
                     _Atomic bool *is_ready, void (*failed)(const struct err *err))
{
    const struct timespec nap = {.tv_nsec = NAP_MS * 1000000L};
    bool good_before = true;
    while (keys->is_told && !*stopping) {
        struct err err;
        bool good = user_keys_refresh(keys, &err);
        if (!good && good_before)
            failed(&err);
        good_before = good;
        *is_ready = user_keys_is_ready(keys);
        int64_t wait_ms = *is_ready ? refresh_s * 1000 : RETRY_MS;
        for (int64_t slept = 0; slept < wait_ms && !*stopping; slept += NAP_MS)
            nanosleep(&nap, NULL);
    }
}

bool user_keys_lack(const struct user_keys *keys, const char *authorization)
{
    return jwks_lacks(keys->jwks, authorization);
}
