#include "blockchain/http/trust.h"

#include "api/scope_claim.h"
#include "api/service_keys.h"
#include "blockchain/actions/blockchain.h"
#include "blockchain/state/config.h"
#include "base/auto.h"
#include "crypto/crypto.h"
#include "jwks/jwks.h"
#include "json/read.h"
#include "token/audience.h"

#include <string.h>

enum {
    USER_TOKENS_MAX = 256,
    KEY_BYTES_MAX = 16 * 1024,
    /* Clocks of two machines differ; OpenDAX's template allows this much for `iat`. */
    ISSUED_AT_LEEWAY_S = 180
};

struct trust {
    struct jwks *users;
    char *user_pem; /* of the configured key; NULL: none */
    struct service_keys *services;
    struct token_audience audience;
};

/* ---- claims ---- */

static bool refuse(struct err *err, const char *what)
{
    return err_set(err, ERR_UNAUTHENTICATED, "claims: %s", what);
}

/* A claim that is there, is text, is not blank and fits. */
static bool claim_text(const cJSON *root, const char *key, char *buffer, size_t size)
{
    const char *text = json_member_text(root, key);
    if (!text || text[strspn(text, " \t")] == '\0' || strlen(text) >= size)
        return false;
    memcpy(buffer, text, strlen(text) + 1);
    return true;
}

/* The claims of a person's token. Whether the role may do anything here is asked with each request. */
static bool operator_from_claims(void *app, const struct token_claims *claims, void *ret_claims,
                                 struct err *err)
{
    cJSON *root;
    struct operator_claims found = {.uid = ""};
    char state[32];
    (void)app;
    if (claims->issued_at_s == 0)
        return refuse(err, "no iat");
    if (!json_read(claims->json, claims->json_length, &root, err))
        return refuse(err, "no JSON object");
    bool ok = claim_text(root, "uid", found.uid, sizeof(found.uid)) &&
              claim_text(root, "role", found.role, sizeof(found.role)) &&
              claim_text(root, "state", state, sizeof(state)) && strcmp(state, "active") == 0 &&
              scope_claim_read(root, &found.scopes, err);
    cJSON_Delete(root);
    if (!ok)
        return refuse(err, "uid, role, state or scope");
    *(struct operator_claims *)ret_claims = found;
    return true;
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

static bool open_users(struct blockchain *app, struct trust *trust, struct err *err)
{
    const struct blockchain_config *config = app->config;
    AUTO(str_release) struct str pem = STR_INIT(KEY_BYTES_MAX);
    if (!token_audience_read(&trust->audience, config->jwt_audience, err))
        return err_wrap(err, "JWT_AUDIENCE");
    if (config->jwt_public_key[0] != '\0' && !pem_text(config->jwt_public_key, &pem, err))
        return err_wrap(err, "JWT_PUBLIC_KEY_FILE");
    trust->user_pem = TAKE(pem.data);
    const struct jwks_spec spec = {.url = config->jwks_url,
                                   .algorithm = config->jwt_algorithm,
                                   .fixed_pem = trust->user_pem,
                                   .fixed_name = "user",
                                   .clock = app->clock};
    if (!jwks_new(&spec, &trust->users, err))
        return err_wrap(err, "JWT_PUBLIC_KEY_FILE, JWKS_URL");
    app->has_user_keys = jwks_is_ready(trust->users);
    bool any_issuer = !config->jwt_issuer || config->jwt_issuer[0] == '\0';
    const struct token_rules rules = {.issuer = any_issuer ? NULL : config->jwt_issuer,
                                      .audience = token_audience_rule(&trust->audience),
                                      .subject = "session",
                                      .issued_at_leeway_s = ISSUED_AT_LEEWAY_S,
                                      .expiry_required = true,
                                      .jti_required = true};
    app->user_tokens = token_cache_new(jwks_keys(trust->users), &rules, USER_TOKENS_MAX,
                                       sizeof(struct operator_claims), operator_from_claims, app);
    return app->user_tokens || err_set(err, ERR_INTERNAL, "no memory");
}

/* Our own key is not used before we call somebody; that it is none should be known now. */
static bool check_own_key(const struct blockchain *app, struct err *err)
{
    struct token_signer *signer;
    if (!token_signer_new("ES256", "blockchain", app->config->service_key, &signer, err))
        return err_wrap(err, "SERVICE_KEY_FILE");
    token_signer_free(signer);
    return true;
}

bool trust_refresh(struct blockchain *app, struct err *err)
{
    bool gone;
    if (!jwks_refresh(app->trust->users, &gone, err))
        return false;
    if (gone)
        token_cache_clear(app->user_tokens);
    app->has_user_keys = jwks_is_ready(app->trust->users);
    return true;
}

bool trust_lacks_key_of(const struct blockchain *app, const char *authorization)
{
    return jwks_lacks(app->trust->users, authorization);
}

bool trust_open(struct blockchain *app, struct err *err)
{
    assert(!app->trust);
    struct trust *trust = app->trust = calloc(1, sizeof(*trust));
    if (!trust)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (!open_users(app, trust, err) ||
        !service_keys_open(app->config->service_keys, "blockchain", &trust->services, err))
        return false;
    app->service_tokens = service_keys_tokens(trust->services);
    return check_own_key(app, err);
}

void trust_close(struct blockchain *app)
{
    token_cache_free(app->user_tokens);
    app->user_tokens = app->service_tokens = NULL;
    if (!app->trust)
        return;
    jwks_free(app->trust->users);
    free(app->trust->user_pem);
    service_keys_close(app->trust->services);
    free(app->trust);
    app->trust = NULL;
}
