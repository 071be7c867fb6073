#include "auth/actions/password_reset.h"

#include <string.h>

#include "auth/actions/event.h"
#include "auth/actions/mail_token.h"
#include "auth/actions/password_set.h"
#include "auth/actions/session.h"
#include "auth/state/config.h"
#include "auth/store/activities.h"
#include "auth/store/known_devices.h"
#include "auth/store/password_resets.h"
#include "auth/store/users.h"
#include "base/auto.h"
#include "base/random.h"
#include "crypto/crypto.h"
#include "token/token.h"

struct reset_work {
    struct call *call;
    const struct mail_claims *claims;
    const struct new_password *password;
};

static const int64_t second_us = 1000000;

static bool record(struct call *call, const struct user *user, const char *action, struct err *err)
{
    const struct activity activity = {
        .user_id = user->id, .topic = "password", .action = action, .result = ACTIVITY_SUCCEED};
    return activity_record(call->db, &activity, &call->visitor, err);
}

bool password_reset_tell(struct call *call, const struct user *user, struct err *err)
{
    const struct auth_config *config = call->app->config;
    AUTO(str_release) struct str token = STR_INIT(TOKEN_BYTES_MAX);
    AUTO(str_release) struct str secret = STR_INIT(RESET_TOKEN_SIZE);
    uint8_t random[RESET_TOKEN_SIZE / 2], hash[RESET_HASH_SIZE];
    random_bytes(random, sizeof(random));
    str_add_hex(&secret, random, sizeof(random));
    sha256(str_data(&secret), secret.length, hash);
    if (!mail_token_make(call, "reset", user, str_data(&secret), &token, err) ||
        !password_resets_set(call->db, user->id, hash,
                             call->now_us + config->jwt_expire_time_s * second_us, err))
        return false;
    const struct event_text extra[] = {
        {"domain", config->domain}, {"token", str_data(&token)}, {NULL, NULL}};
    return event_system(call->db, "system.user.password.reset.token", user, extra, err) &&
           record(call, user, "request password reset", err);
}

static bool utilized(struct err *err)
{
    return err_set_key(err, ERR_INVALID, "identity.user.utilized_token",
                       "a link that was used, or is not the latest");
}

static bool confirm_unit(struct db *db, void *arg, struct err *err)
{
    struct reset_work *work = arg;
    struct call *call = work->call;
    const struct event_text extra[] = {{"domain", call->app->config->domain}, {NULL, NULL}};
    const char *secret = work->claims->reset_token;
    uint8_t hash[RESET_HASH_SIZE];
    struct user user;
    bool was_latest;
    if (!users_lock_by_uid(db, call->arena, work->claims->uid, &user, err))
        return err->code == ERR_NOT_FOUND && utilized(err);
    if (strcmp(user.email, work->claims->email) != 0)
        return utilized(err);
    sha256(secret, strlen(secret), hash);
    if (!password_resets_take(db, user.id, hash, call->now_us, &was_latest, err))
        return false;
    if (!was_latest)
        return utilized(err);
    return mail_token_use(call, work->claims, err) &&
           password_set(call, &user, work->password, NULL, err) &&
           known_devices_drop(db, user.id, err) && record(call, &user, "password reset", err) &&
           event_system(db, "system.user.password.reset", &user, extra, err);
}

bool password_reset_confirm(struct call *call, const char *token, const char *password,
                            struct err *err)
{
    struct mail_claims claims;
    struct new_password made;
    struct reset_work work = {call, &claims, &made};
    return mail_token_read(call, "reset", token, &claims, err) &&
           password_make(call, password, &made, err) &&
           db_transaction(call->db, confirm_unit, &work, err);
}
