#include "auth/actions/oauth.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "auth/domain/oauth_error.h"
#include "auth/state/config.h"
#include "auth/state/signing.h"
#include "base/auto.h"
#include "crypto/crypto.h"
#include "fetch/fetch.h"
#include "token/jwk.h"

enum {
    KEY_SETS_MAX = 64, /* of clients that publish their keys; more of them are asked more often */
    FETCH_MS = 3000,
    SECOND_US = 1000000,
    LEEWAY_S = 30
};

/* The keys of one client, as its address told them. */
struct key_set {
    uint64_t client; /* 0: free */
    char *text;      /* "": it could not be read */
    int64_t fetched_at_us;
    int64_t pressed_at_us; /* when somebody last named a key that was not there; 0: never */
};

struct oauth {
    uint8_t nonce_key[SHA256_SIZE];
    pthread_mutex_t mutex; /* of the sets */
    struct key_set sets[KEY_SETS_MAX];
};

bool oauth_open(struct auth *app, struct err *err)
{
    const char *issuer = oauth_issuer(app);
    AUTO(str_release) struct str seed = STR_INIT(64 * 1024);
    size_t length = strlen(issuer);
    if (strncmp(issuer, "http", 4) != 0 || strpbrk(issuer, "?# \"") || issuer[length - 1] == '/')
        return err_set(err, ERR_CONFIG, "OAUTH_ISSUER is no address without a slash at its end: %s",
                       issuer);
    struct oauth *oauth = app->oauth = calloc(1, sizeof(*oauth));
    if (!oauth)
        return err_set(err, ERR_INTERNAL, "no memory");
    pthread_mutex_init(&oauth->mutex, NULL);
    str_add(&seed, "bourse dpop nonce\n");
    str_add(&seed, app->config->jwt_private_key);
    sha256(str_data(&seed), seed.length, oauth->nonce_key);
    return true;
}

void oauth_close(struct auth *app)
{
    struct oauth *oauth = app->oauth;
    if (!oauth)
        return;
    for (size_t i = 0; i < KEY_SETS_MAX; i++)
        free(oauth->sets[i].text);
    pthread_mutex_destroy(&oauth->mutex);
    free(oauth);
    app->oauth = NULL;
}

const char *oauth_issuer(const struct auth *app)
{
    return app->config->oauth_issuer[0] != '\0' ? app->config->oauth_issuer : app->config->domain;
}

void oauth_address(const struct auth *app, const char *path, struct str *out)
{
    str_add(out, oauth_issuer(app));
    str_add(out, path);
}

bool oauth_sign(struct auth *app, const char *type, const char *claims, struct str *out,
                struct err *err)
{
    return signing_sign_typed(app->signing, type, claims, out, err);
}

const char *oauth_algorithm(const struct auth *app)
{
    return signing_algorithm(app->signing);
}

bool oauth_verify(struct auth *app, const char *type, const char *audience, bool expired_too,
                  const char *token, struct token_claims *ret_claims, struct str *json,
                  struct err *err)
{
    const char *const audiences[] = {audience, NULL};
    const struct token_rules rules = {.issuer = oauth_issuer(app),
                                      .audience = audience ? audiences : NULL,
                                      .type = type,
                                      .issued_at_leeway_s = LEEWAY_S,
                                      .leeway_s = expired_too ? INT32_MAX : 0,
                                      .expiry_required = true};
    return token_verify(app->keys, &rules, clock_now_us(app->clock), token, strlen(token),
                        ret_claims, json, err);
}

const uint8_t *oauth_nonce_key(const struct auth *app)
{
    return app->oauth->nonce_key;
}

/* ---- keys of clients ---- */

/* The text of a set that is young enough, appended. `fresh`: once in OAUTH_JWKS_PAUSE_S it is not,
 * however young. A set that could not be read is known as such for OAUTH_JWKS_PAUSE_S: `out` stays
 * empty. */
static bool set_find(struct oauth *oauth, uint64_t client, int64_t now_us, bool fresh,
                     struct str *out)
{
    const int64_t pause_us = OAUTH_JWKS_PAUSE_S * SECOND_US;
    bool found = false;
    pthread_mutex_lock(&oauth->mutex);
    for (size_t i = 0; i < KEY_SETS_MAX && !found; i++) {
        struct key_set *set = &oauth->sets[i];
        if (set->client != client)
            continue;
        int64_t age_us_max = set->text[0] == '\0' ? pause_us : OAUTH_JWKS_AGE_S * SECOND_US;
        bool pressed = fresh && now_us - set->pressed_at_us > pause_us;
        if (pressed)
            set->pressed_at_us = now_us;
        if (pressed || now_us - set->fetched_at_us > age_us_max)
            break;
        str_add(out, set->text);
        found = true;
    }
    pthread_mutex_unlock(&oauth->mutex);
    return found;
}

static void set_keep(struct oauth *oauth, uint64_t client, int64_t now_us, const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        return;
    pthread_mutex_lock(&oauth->mutex);
    struct key_set *place = &oauth->sets[0];
    for (size_t i = 0; i < KEY_SETS_MAX; i++) {
        if (oauth->sets[i].client == client) {
            place = &oauth->sets[i];
            break;
        }
        if (oauth->sets[i].fetched_at_us < place->fetched_at_us)
            place = &oauth->sets[i];
    }
    int64_t pressed_at_us = place->client == client ? place->pressed_at_us : 0;
    free(place->text);
    *place = (struct key_set){client, copy, now_us, pressed_at_us};
    pthread_mutex_unlock(&oauth->mutex);
}

static bool set_fetch(const struct auth *app, const char *uri, struct str *out, struct err *err)
{
    struct fetch *fetch = fetch_new();
    struct fetch_request request = {
        .url = uri, .timeout_ms = FETCH_MS, .public_only = !app->config->oauth_insecure_allowed};
    long status = 0;
    if (!fetch)
        return err_set(err, ERR_INTERNAL, "no memory");
    bool good = fetch_run(fetch, &request, &status, out, err);
    fetch_free(fetch);
    if (!good || status != 200)
        return oauth_refuse(err, OAUTH_INVALID_CLIENT, "jwks_uri of the client can't be read");
    return true;
}

bool oauth_client_keys(struct auth *app, const struct oauth_client *client, bool fresh,
                       struct token_keys **ret_keys, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(TOKEN_JWKS_BYTES_MAX);
    int64_t now_us = clock_now_us(app->clock);
    size_t added;
    if (client->jwks) {
        str_add(&text, client->jwks);
    } else if (!client->jwks_uri) {
        return oauth_refuse(err, OAUTH_INVALID_CLIENT, "the client has no keys");
    } else if (!set_find(app->oauth, client->row, now_us, fresh, &text)) {
        bool got = set_fetch(app, client->jwks_uri, &text, err);
        set_keep(app->oauth, client->row, now_us, got ? str_data(&text) : "");
        if (!got)
            return false;
    } else if (text.length == 0) {
        return oauth_refuse(err, OAUTH_INVALID_CLIENT, "jwks_uri of the client can't be read");
    }
    struct token_keys *keys = token_keys_new();
    if (!keys)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (!token_keys_add_jwks(keys, str_data(&text), text.length, client->assertion_algorithm,
                             &added, err)) {
        token_keys_free(keys);
        return oauth_refuse(err, OAUTH_INVALID_CLIENT, "the keys of the client are broken");
    }
    *ret_keys = keys;
    return true;
}
