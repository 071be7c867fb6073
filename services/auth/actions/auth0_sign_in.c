#include "auth/actions/auth0_sign_in.h"

#include <stdio.h>
#include <string.h>

#include "auth/actions/event.h"
#include "auth/actions/label_set.h"
#include "auth/actions/password_set.h"
#include "auth/actions/second_factor.h"
#include "auth/actions/user_create.h"
#include "auth/domain/email.h"
#include "auth/state/config.h"
#include "auth/store/activities.h"
#include "auth/store/known_devices.h"
#include "auth/store/labels.h"
#include "auth/store/throttles.h"
#include "auth/store/users.h"
#include "base/auto.h"
#include "json/read.h"
#include "jwks/jwks.h"
#include "token/token.h"

DEFINE_AUTO(cJSON, cJSON_Delete);

enum { CLAIMS_BYTES_MAX = 16 * 1024, BEARER_BYTES_MAX = TOKEN_BYTES_MAX + 16, ISSUER_SIZE = 300 };

struct auth0_work {
    struct call *call;
    const char *email, *otp_code;
    struct user user;
    const char *factor;
    struct opened_session opened;
};

static bool refuse(struct err *err, enum err_code code, const char *why)
{
    return err_set_key(err, code, "identity.session.auth0.invalid_params", "auth0: %s", why);
}

/* ---- the token ---- */

/* The tenant rotates its keys: a name that we don't know is asked for once. */
static bool have_key(struct call *call, const char *id_token, struct err *err)
{
    AUTO(str_release) struct str bearer = STR_INIT(BEARER_BYTES_MAX);
    struct jwks *jwks = call->app->auth0;
    bool gone;
    str_add(&bearer, "Bearer ");
    str_add(&bearer, id_token);
    if (!str_ok(&bearer))
        return refuse(err, ERR_INVALID, "the token is too long");
    if (jwks_is_ready(jwks) && !jwks_lacks(jwks, str_data(&bearer)))
        return true;
    return jwks_refresh(jwks, &gone, err) || refuse(err, ERR_INVALID, "no keys of the tenant");
}

static bool read_token(struct call *call, const char *id_token, char ret_email[USER_EMAIL_SIZE],
                       struct err *err)
{
    const struct auth_config *config = call->app->config;
    const char *const audience[] = {config->auth0_client_id, NULL};
    AUTO(str_release) struct str json = STR_INIT(CLAIMS_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct token_claims claims;
    char issuer[ISSUER_SIZE];
    snprintf(issuer, sizeof(issuer), "https://%s/", config->auth0_domain);
    const struct token_rules rules = {
        .issuer = issuer, .audience = audience, .leeway_s = 60, .expiry_required = true};
    if (!call->app->auth0 || config->auth0_client_id[0] == '\0')
        return refuse(err, ERR_INVALID, "no tenant is configured");
    if (!have_key(call, id_token, err))
        return false;
    if (!token_verify(jwks_keys(call->app->auth0), &rules, call->now_us, id_token, strlen(id_token),
                      &claims, &json, err) ||
        !json_read(claims.json, claims.json_length, &root, err))
        return refuse(err, ERR_INVALID, "the token is none of the tenant's, or is over");
    const char *email = json_member_text(root, "email");
    if (!email || !email_is_valid(email) || strlen(email) >= USER_EMAIL_SIZE)
        return refuse(err, ERR_UNAUTHENTICATED, "no address");
    /* An address that nobody proved could be anybody's, also that of one of our users. */
    if (!cJSON_IsTrue(json_member(root, "email_verified")))
        return refuse(err, ERR_UNAUTHENTICATED, "the address is not verified");
    memcpy(ret_email, email, strlen(email) + 1);
    return true;
}

/* ---- the session ---- */

static const struct label_change verified = {
    .key = "email", .value = "verified", .scope = LABEL_PRIVATE};

/* Whoever made an account that was never confirmed need not be whose address it is: his password and
 * his sessions end, and the owner of the address has the account. */
static bool claim(struct auth0_work *work, struct err *err)
{
    struct call *call = work->call;
    struct user *user = &work->user;
    const struct new_password none = {.digest = ""};
    struct label label;
    if (!users_lock_by_id(call->db, call->arena, user->id, user, err))
        return false;
    if (strcmp(user->state, "pending") != 0)
        return true;
    bool found =
        labels_find(call->db, call->arena, user->id, verified.key, verified.scope, &label, err);
    if (!found && err->code != ERR_NOT_FOUND)
        return false;
    if (found && strcmp(label.value, verified.value) == 0)
        return true;
    return password_set(call, user, &none, NULL, err) &&
           known_devices_drop(call->db, user->id, err) && label_set(call, user, &verified, err);
}

static bool find_or_make(struct auth0_work *work, struct err *err)
{
    struct call *call = work->call;
    const struct user_draft draft = {.email = work->email, .password_digest = ""};
    if (users_by_email(call->db, NULL, work->email, &work->user, err))
        return claim(work, err);
    return err->code == ERR_NOT_FOUND && user_create(call, &draft, &work->user, err) &&
           label_set(call, &work->user, &verified, err);
}

static bool open_unit(struct db *db, void *arg, struct err *err)
{
    struct auth0_work *work = arg;
    struct call *call = work->call;
    const struct event_text where[] = {
        {"user_ip", call->visitor.ip}, {"user_agent", call->visitor.user_agent}, {NULL, NULL}};
    bool needs_factor;
    if (!find_or_make(work, err))
        return false;
    if (!user_may_enter(&work->user))
        return err_set_key(err, ERR_UNAUTHENTICATED, "identity.session.not_active",
                           "the account is %s", work->user.state);
    if (!second_factor_is_needed(call, &work->user, &needs_factor, err))
        return false;
    if (needs_factor && !work->factor)
        return err_set_key(err, ERR_UNAUTHENTICATED, "identity.session.missing_otp",
                           "the second factor is missing");
    const struct activity activity = {.user_id = work->user.id,
                                      .topic = "session",
                                      .action = work->factor ? "login::2fa" : "login",
                                      .result = ACTIVITY_SUCCEED};
    return activity_record(db, &activity, &call->visitor, err) &&
           event_system(db, "system.session.create", &work->user, where, err) &&
           session_open(call, &work->user, work->factor ? "fed otp" : "fed", &work->opened, err);
}

/* Outside of the transaction: a code is used up whatever happens. */
static bool check_factor(struct auth0_work *work, struct err *err)
{
    struct call *call = work->call;
    struct user user;
    const char *code = work->otp_code;
    if (!code || code[strspn(code, " \t")] == '\0')
        return true;
    if (!users_by_email(call->db, call->arena, work->email, &user, err))
        return err->code == ERR_NOT_FOUND;
    if (!second_factor_verify(call, &user, code, &work->factor, err))
        return false;
    return work->factor || err_set_key(err, ERR_FORBIDDEN, "identity.session.invalid_otp",
                                       "the code of the second factor is wrong");
}

bool auth0_sign_in(struct call *call, const char *id_token, const char *otp_code,
                   struct user *ret_user, struct opened_session *ret_opened, struct err *err)
{
    const struct throttle limit = {"sign_in.address", call->visitor.ip,
                                   call->app->config->limit_sign_in_address};
    char email[USER_EMAIL_SIZE];
    struct auth0_work work = {.call = call, .email = email, .otp_code = otp_code};
    bool granted;
    if (!throttle_take(call->db, &limit, call->now_us, &granted, err))
        return false;
    if (!granted)
        return err_set(err, ERR_TOO_MANY, "limit %s", limit.name);
    if (!read_token(call, id_token, email, err) || !check_factor(&work, err) ||
        !db_transaction(call->db, open_unit, &work, err) ||
        !throttle_give_back(call->db, &limit, err))
        return false;
    *ret_user = work.user;
    *ret_opened = work.opened;
    return true;
}
