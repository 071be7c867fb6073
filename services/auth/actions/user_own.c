#include "auth/actions/user_own.h"

#include <string.h>

#include "auth/actions/event.h"
#include "auth/actions/label_set.h"
#include "auth/actions/password_set.h"
#include "auth/actions/second_factor.h"
#include "auth/actions/session.h"
#include "auth/domain/user_rules.h"
#include "auth/state/config.h"
#include "auth/store/activities.h"
#include "auth/store/throttles.h"
#include "auth/store/users.h"
#include "crypto/password.h"

/* ---- data ---- */

bool user_set_data(struct call *call, struct user *user, const char *data, struct err *err)
{
    const char *mistakes[USER_MISTAKES_MAX];
    if (user_data_mistakes(data, mistakes) > 0)
        return err_set_key(err, ERR_INVALID, mistakes[0], "data of a user: %s", mistakes[0]);
    if (!users_set_data(call->db, user->id, data, call->now_us, err))
        return false;
    user->data = data;
    user->updated_at = call->now_us;
    return true;
}

/* ---- the password ---- */

bool user_password_verify(struct call *call, const struct user *user, const char *password,
                          bool *ret_is_right, struct err *err)
{
    const struct throttle limit = {"password.user", user->uid,
                                   call->app->config->limit_sign_in_account};
    bool granted, is_right;
    if (!throttle_take(call->db, &limit, call->now_us, &granted, err))
        return false;
    if (!granted)
        return err_set(err, ERR_TOO_MANY, "limit %s", limit.name);
    if (!password_is_of(call, user, password, &is_right, err) ||
        (is_right && !throttle_give_back(call->db, &limit, err)))
        return false;
    *ret_is_right = is_right;
    return true;
}

struct changing {
    struct call *call;
    uint64_t user_id;
    struct new_password made;
    const uint8_t *keep;
};

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct changing *changing = arg;
    struct call *call = changing->call;
    const struct activity activity = {.user_id = changing->user_id,
                                      .topic = "password",
                                      .action = "password change",
                                      .result = ACTIVITY_SUCCEED};
    const struct event_text domain[] = {{"domain", call->app->config->domain}, {NULL, NULL}};
    struct user user;
    return users_lock_by_id(db, call->arena, changing->user_id, &user, err) &&
           password_set(call, &user, &changing->made, changing->keep, err) &&
           event_system(db, "system.user.password.change", &user, domain, err) &&
           activity_record(db, &activity, &call->visitor, err);
}

/* Always false. */
static bool wrong_old_password(struct call *call, const struct user *user, struct err *err)
{
    const struct activity activity = {.user_id = user->id,
                                      .topic = "password",
                                      .action = "password change",
                                      .result = ACTIVITY_FAILED};
    return activity_record(call->db, &activity, &call->visitor, err) &&
           err_set_key(err, ERR_REQUEST_INVALID, "resource.password.prev_pass_not_correct",
                       "a wrong password");
}

bool user_change_password(struct call *call, const struct user *user,
                          const struct password_change *change, const uint8_t *keep,
                          struct err *err)
{
    struct changing changing = {.call = call, .user_id = user->id, .keep = keep};
    bool is_right;
    if (strcmp(change->new_password, change->confirm_password) != 0)
        return err_set_key(err, ERR_INVALID, "resource.password.doesnt_match", "two passwords");
    if (!user_password_verify(call, user, change->old_password, &is_right, err))
        return false;
    if (!is_right)
        return wrong_old_password(call, user, err);
    if (strcmp(change->old_password, change->new_password) == 0)
        return err_set_key(err, ERR_REQUEST_INVALID, "resource.password.no_change_provided",
                           "the same password");
    return password_make(call, change->new_password, &changing.made, err) &&
           db_transaction(call->db, change_unit, &changing, err);
}

/* ---- leaving ---- */

static bool check_factor(struct call *call, const struct user *user, const char *code,
                         struct err *err)
{
    const char *method;
    bool needed;
    if (!second_factor_is_needed(call, user, &needed, err))
        return false;
    if (!needed)
        return true;
    if (!code)
        return err_set_key(err, ERR_INVALID, "resource.user.missing_otp_code", "no code");
    if (code[strspn(code, " \t\r\n")] == '\0')
        return err_set_key(err, ERR_INVALID, "resource.user.empty_otp_code", "no code");
    if (!second_factor_verify(call, user, code, &method, err))
        return false;
    return method || err_set_key(err, ERR_INVALID, "resource.user.invalid_otp", "a wrong code");
}

struct leaving {
    struct call *call;
    uint64_t user_id;
};

static bool leave_unit(struct db *db, void *arg, struct err *err)
{
    struct leaving *leaving = arg;
    struct call *call = leaving->call;
    struct user user;
    const struct label_change change = {
        .key = "delete", .value = "by_user", .scope = LABEL_PRIVATE};
    return users_lock_by_id(db, call->arena, leaving->user_id, &user, err) &&
           label_set(call, &user, &change, err) &&
           event_system(db, "system.user.account.deleted", &user, NULL, err) &&
           sessions_end_of_user(call, &user, NULL, err);
}

bool user_delete(struct call *call, const struct user *user, const struct user_leave *leave,
                 struct err *err)
{
    struct leaving leaving = {.call = call, .user_id = user->id};
    bool is_right;
    if (!user_password_verify(call, user, leave->password, &is_right, err))
        return false;
    if (!is_right)
        return err_set_key(err, ERR_INVALID, "resource.user.invalid_password", "a wrong password");
    return check_factor(call, user, leave->otp_code, err) &&
           db_transaction(call->db, leave_unit, &leaving, err);
}
