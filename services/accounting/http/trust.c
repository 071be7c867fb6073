#include "accounting/http/trust.h"

#include "accounting/actions/accounting.h"
#include "api/abilities.h"
#include "api/scope_claim.h"
#include "api/service_keys.h"
#include "api/user_keys.h"
#include "accounting/state/config.h"
#include "log/log.h"

#include <ctype.h>
#include <string.h>

enum { USER_TOKENS_MAX = 32 * 1024 };

struct trust {
    struct user_keys *users;
    struct service_keys *services;
};

/* ---- claims ---- */

/* Printable ASCII without blanks: a uid goes into paths, routing keys and logs. */
static bool is_uid(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || (unsigned char)*text >= 0x7f)
            return false;
    return true;
}

/* One '@' with something on both sides and a dot behind it, no blanks; stored in lower case. */
static bool email_normalise(char *email)
{
    char *at = strchr(email, '@');
    if (!at || at == email || strchr(at + 1, '@') || !strchr(at + 1, '.') || at[1] == '.' ||
        email[strlen(email) - 1] == '.')
        return false;
    for (char *c = email; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f)
            return false;
        *c = (char)tolower((unsigned char)*c);
    }
    return true;
}

static bool level_of(const cJSON *root, int32_t *ret_level)
{
    int64_t level;
    const char *text = json_member_text(root, "level");
    if (text ? !str_to_i64(text, &level) : !json_member_i64(root, "level", &level))
        return false;
    if (level < 0 || level > INT32_MAX)
        return false;
    *ret_level = (int32_t)level;
    return true;
}

static bool member_read(const struct accounting *app, const cJSON *root, struct member *member,
                        struct err *err)
{
    if (!user_claim_text(root, "uid", member->uid, sizeof(member->uid)) || !is_uid(member->uid))
        return user_claims_refuse(err, "no uid");
    if (!user_claim_text(root, "email", member->email, sizeof(member->email)) ||
        !email_normalise(member->email))
        return user_claims_refuse(err, "no e-mail address");
    if (!user_claim_text(root, "role", member->role, sizeof(member->role)) ||
        !abilities_has_role(app->abilities, member->role))
        return user_claims_refuse(err, "no known role");
    if (!user_claim_text(root, "state", member->state, sizeof(member->state)) ||
        strcmp(member->state, "active") != 0)
        return user_claims_refuse(err, "the member is not active");
    if (!level_of(root, &member->level))
        return user_claims_refuse(err, "no level");
    const cJSON *username = json_member(root, "username");
    if (username && !cJSON_IsNull(username) && json_member_text(root, "username") &&
        json_member_text(root, "username")[0] != '\0' &&
        !user_claim_text(root, "username", member->username, sizeof(member->username)))
        return user_claims_refuse(err, "username too long or blank");
    return true;
}

/* user_token_read: makes a struct user_claims; `app` is the service. */
static bool user_from_claims(void *app, const cJSON *claims, void *ret_user, struct err *err)
{
    struct user_claims user = {.scopes = 0};
    if (!member_read(app, claims, &user.member, err) ||
        !scope_claim_read(claims, &user.scopes, err))
        return false;
    *(struct user_claims *)ret_user = user;
    return true;
}

/* ---- keys ---- */

bool trust_refresh(struct accounting *app, struct err *err)
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

void trust_watch(struct accounting *app)
{
    user_keys_watch(app->trust->users, app->config->jwks_refresh_s, &app->stopping,
                    &app->has_user_keys, say_failed);
}

bool trust_lacks_key_of(const struct accounting *app, const char *authorization)
{
    return user_keys_lack(app->trust->users, authorization);
}

bool trust_open(struct accounting *app, struct err *err)
{
    assert(app->abilities && !app->trust);
    const struct accounting_config *config = app->config;
    const struct user_keys_spec users = {.public_key = config->jwt_public_key,
                                         .algorithm = config->jwt_algorithm,
                                         .jwks_url = config->jwks_url,
                                         .issuer = config->jwt_issuer,
                                         .audience = config->jwt_audience,
                                         .clock = app->clock,
                                         .tokens_max = USER_TOKENS_MAX,
                                         .value_size = sizeof(struct user_claims),
                                         .read = user_from_claims,
                                         .app = app};
    struct trust *trust = app->trust = calloc(1, sizeof(*trust));
    if (!trust)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (!user_keys_open(&users, &trust->users, err) ||
        !service_keys_open(config->service_keys, "accounting", &trust->services, err) ||
        !service_key_check("accounting", config->service_key, err))
        return false;
    app->has_user_keys = user_keys_is_ready(trust->users);
    app->user_tokens = user_keys_tokens(trust->users);
    app->service_tokens = service_keys_tokens(trust->services);
    app->service_keys = service_keys_all(trust->services);
    return true;
}

void trust_close(struct accounting *app)
{
    app->user_tokens = app->service_tokens = NULL;
    app->service_keys = NULL;
    if (!app->trust)
        return;
    user_keys_close(app->trust->users);
    service_keys_close(app->trust->services);
    free(app->trust);
    app->trust = NULL;
}
