#include "blockchain/http/trust.h"

#include "api/scope_claim.h"
#include "api/service_keys.h"
#include "api/user_keys.h"
#include "blockchain/actions/blockchain.h"
#include "blockchain/state/config.h"
#include "log/log.h"

#include <string.h>

enum { USER_TOKENS_MAX = 256 };

struct trust {
    struct user_keys *users;
    struct service_keys *services;
};

/* The claims of a person's token. Whether the role may do anything here is asked with each request. */
static bool operator_from_claims(void *app, const cJSON *claims, void *ret_claims, struct err *err)
{
    struct operator_claims found = {.uid = ""};
    char state[32];
    (void)app;
    if (!user_claim_text(claims, "uid", found.uid, sizeof(found.uid)) ||
        !user_claim_text(claims, "role", found.role, sizeof(found.role)) ||
        !user_claim_text(claims, "state", state, sizeof(state)) || strcmp(state, "active") != 0 ||
        !scope_claim_read(claims, &found.scopes, err))
        return user_claims_refuse(err, "uid, role, state or scope");
    *(struct operator_claims *)ret_claims = found;
    return true;
}

bool trust_refresh(struct blockchain *app, struct err *err)
{
    if (!user_keys_refresh(app->trust->users, err))
        return false;
    app->has_user_keys = user_keys_is_ready(app->trust->users);
    return true;
}

static void say_failed(const struct err *err)
{
    log_warning("the keys of users' tokens can't be asked for", LOG_ERR(err));
}

void trust_watch(struct blockchain *app)
{
    user_keys_watch(app->trust->users, app->config->jwks_refresh_s, &app->stopping,
                    &app->has_user_keys, say_failed);
}

bool trust_lacks_key_of(const struct blockchain *app, const char *authorization)
{
    return user_keys_lack(app->trust->users, authorization);
}

bool trust_open(struct blockchain *app, struct err *err)
{
    assert(!app->trust);
    const struct blockchain_config *config = app->config;
    const struct user_keys_spec users = {.public_key = config->jwt_public_key,
                                         .algorithm = config->jwt_algorithm,
                                         .jwks_url = config->jwks_url,
                                         .issuer = config->jwt_issuer,
                                         .audience = config->jwt_audience,
                                         .clock = app->clock,
                                         .tokens_max = USER_TOKENS_MAX,
                                         .value_size = sizeof(struct operator_claims),
                                         .read = operator_from_claims};
    struct trust *trust = app->trust = calloc(1, sizeof(*trust));
    if (!trust)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (!user_keys_open(&users, &trust->users, err) ||
        !service_keys_open(config->service_keys, "blockchain", &trust->services, err) ||
        !service_key_check("blockchain", config->service_key, err))
        return false;
    app->has_user_keys = user_keys_is_ready(trust->users);
    app->user_tokens = user_keys_tokens(trust->users);
    app->service_tokens = service_keys_tokens(trust->services);
    return true;
}

void trust_close(struct blockchain *app)
{
    app->user_tokens = app->service_tokens = NULL;
    if (!app->trust)
        return;
    user_keys_close(app->trust->users);
    service_keys_close(app->trust->services);
    free(app->trust);
    app->trust = NULL;
}
