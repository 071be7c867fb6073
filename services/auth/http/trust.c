#include "auth/http/trust.h"

#include <stdlib.h>
#include <string.h>

#include "api/scope_claim.h"
#include "api/service_keys.h"
#include "auth/actions/auth.h"
#include "auth/state/config.h"
#include "auth/state/signing.h"
#include "base/auto.h"
#include "json/read.h"
#include "token/audience.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

enum { BEARER_TOKENS_MAX = 16 * 1024 };

/* Keeps the list that the rules of the token cache point at. */
struct trust {
    struct token_audience audience;
};

/* "" when it is absent; false: it is no text, or too long. */
static bool claim_text(const cJSON *root, const char *key, char *buffer, size_t size)
{
    const char *text = json_member_text(root, key);
    if (!text && json_member(root, key))
        return false;
    if (text && strlen(text) >= size)
        return false;
    memcpy(buffer, text ? text : "", (text ? strlen(text) : 0) + 1);
    return true;
}

static bool bearer_from_claims(void *app, const struct token_claims *claims, void *ret_bearer,
                               struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct bearer bearer = {.uid = ""};
    (void)app;
    if (!json_read(claims->json, claims->json_length, &root, err))
        return err_set(err, ERR_UNAUTHENTICATED, "claims: no JSON object");
    if (!claim_text(root, "uid", bearer.uid, sizeof(bearer.uid)) || bearer.uid[0] == '\0')
        return err_set(err, ERR_UNAUTHENTICATED, "claims: no uid");
    if (!claim_text(root, "role", bearer.role, sizeof(bearer.role)) ||
        !claim_text(root, "state", bearer.state, sizeof(bearer.state)))
        return err_set(err, ERR_UNAUTHENTICATED, "claims: no role or state that can be");
    if (!scope_claim_read(root, &bearer.scopes, err))
        return false;
    *(struct bearer *)ret_bearer = bearer;
    return true;
}

/* The configured key: it signs until others are made; until it is retired tokens without a `kid` are
 * its. */
static bool open_signing(struct auth *app, struct err *err)
{
    const struct auth_config *config = app->config;
    struct signing_key key = {.private_pem = config->jwt_private_key,
                              .public_pem = config->jwt_public_key,
                              .signs = true,
                              .is_published = true};
    bool gone;
    memcpy(key.algorithm, config->jwt_algorithm, strlen(config->jwt_algorithm) + 1);
    return signing_key_name(&key, err) && signing_new(app->keys, &app->signing, err) &&
           signing_own_set(app->signing, &key, err) &&
           signing_set(app->signing, &key, 1, key.kid, &gone, err);
}

bool trust_open(struct auth *app, struct err *err)
{
    const struct auth_config *config = app->config;
    struct trust *trust = app->trust = calloc(1, sizeof(*trust));
    app->keys = token_keys_new();
    if (!trust || !app->keys)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (!token_audience_read(&trust->audience, config->jwt_audience, err))
        return err_wrap(err, "JWT_AUDIENCE");
    if (!open_signing(app, err))
        return err_wrap(err, "JWT_PRIVATE_KEY_FILE, JWT_PUBLIC_KEY_FILE");
    const struct token_rules rules = {.issuer = config->jwt_issuer[0] ? config->jwt_issuer : NULL,
                                      .audience = token_audience_rule(&trust->audience),
                                      .subject = "session",
                                      .expiry_required = true,
                                      .jti_required = true};
    app->bearer_tokens = token_cache_new(app->keys, &rules, BEARER_TOKENS_MAX,
                                         sizeof(struct bearer), bearer_from_claims, app);
    if (!app->bearer_tokens)
        return err_set(err, ERR_INTERNAL, "no memory");
    return service_keys_open(config->service_keys, "auth", &app->services, err);
}

void trust_close(struct auth *app)
{
    token_cache_free(app->bearer_tokens);
    service_keys_close(app->services);
    app->services = NULL;
    signing_free(app->signing);
    app->signing = NULL;
    token_keys_free(app->keys);
    free(app->trust);
    app->bearer_tokens = NULL;
    app->keys = NULL;
    app->trust = NULL;
}
