#include "auth/actions/otp.h"

#include "auth/actions/label_set.h"
#include "auth/actions/second_factor.h"
#include "auth/actions/session.h"
#include "auth/actions/totp.h"
#include "auth/actions/user_save.h"
#include "auth/store/activities.h"
#include "auth/store/sessions.h"
#include "auth/store/users.h"

static const char label_key[] = "otp";

static bool refuse_enabled(struct err *err)
{
    return err_set_key(err, ERR_REQUEST_INVALID, "resource.otp.already_enabled",
                       "the second factor is on, or off for a check");
}

static bool record(struct call *call, const struct user *user, const char *action,
                   enum activity_result result, struct err *err)
{
    const struct activity activity = {
        .user_id = user->id, .topic = "otp", .action = action, .result = result};
    return activity_record(call->db, &activity, &call->visitor, err);
}

bool otp_ask(struct call *call, const struct user *user, struct str *url, struct err *err)
{
    if (user->otp)
        return refuse_enabled(err);
    return totp_make(call, user, url, err) &&
           record(call, user, "request QR code for 2FA", ACTIVITY_SUCCEED, err);
}

/* Always false. */
static bool wrong(struct call *call, const struct user *user, const char *action, struct err *err)
{
    return record(call, user, action, ACTIVITY_FAILED, err) &&
           err_set_key(err, ERR_INVALID, "resource.otp.invalid", "a wrong code");
}

/* ---- on and off ---- */

struct work {
    struct call *call;
    uint64_t user_id;
    const char *cookie;
    bool is_on;
};

/* The session of the cookie goes on; one that showed a code of the new seed has shown "otp". */
static bool other_sessions_end(struct work *work, const struct user *user, struct err *err)
{
    struct call *call = work->call;
    uint8_t id[SESSION_ID_SIZE];
    char methods[SESSION_METHODS_SIZE];
    struct session session;
    if (!work->cookie)
        return sessions_end_of_user(call, user, NULL, err);
    session_id_of(work->cookie, id);
    if (!sessions_end_of_user(call, user, id, err))
        return false;
    if (!work->is_on)
        return true;
    if (!sessions_find(call->db, id, call->now_us, &session, err))
        return err->code == ERR_NOT_FOUND;
    if (session.user_id != user->id)
        return true;
    session_methods_add(session.methods, "otp", methods);
    return sessions_set_methods(call->db, id, methods, call->now_us, err);
}

static bool label_write(struct work *work, struct user *user, struct err *err)
{
    const struct label_change enabled = {
        .key = label_key, .value = "enabled", .scope = LABEL_PRIVATE};
    if (work->is_on)
        return label_set(work->call, user, &enabled, err);
    return label_remove(work->call, user, label_key, LABEL_PRIVATE, err) ||
           err->code == ERR_NOT_FOUND;
}

static bool switch_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    struct call *call = work->call;
    struct user user, changed;
    if (!users_lock_by_id(db, call->arena, work->user_id, &user, err))
        return false;
    if (work->is_on && user.otp)
        return refuse_enabled(err);
    changed = user;
    changed.otp = work->is_on;
    return user_save(call, &user, &changed, err) && label_write(work, &user, err) &&
           other_sessions_end(work, &user, err) &&
           record(call, &user, work->is_on ? "enable 2FA" : "disable 2FA", ACTIVITY_SUCCEED, err);
}

bool otp_enable(struct call *call, const struct user *user, const char *code, const char *cookie,
                struct err *err)
{
    struct work work = {.call = call, .user_id = user->id, .cookie = cookie, .is_on = true};
    enum totp_answer answer;
    if (user->otp)
        return refuse_enabled(err);
    if (!totp_use(call, user, code, &answer, err))
        return false;
    if (answer != TOTP_RIGHT)
        return wrong(call, user, "enable 2FA", err);
    return db_transaction(call->db, switch_unit, &work, err);
}

bool otp_disable(struct call *call, const struct user *user, const char *code, const char *cookie,
                 struct err *err)
{
    struct work work = {.call = call, .user_id = user->id, .cookie = cookie, .is_on = false};
    const char *method;
    if (!user->otp)
        return err_set_key(err, ERR_REQUEST_INVALID, "resource.otp.not_enabled",
                           "the second factor is off");
    if (!second_factor_verify(call, user, code, &method, err))
        return false;
    if (!method)
        return wrong(call, user, "disable 2FA", err);
    return db_transaction(call->db, switch_unit, &work, err);
}

bool otp_verify(struct call *call, const struct user *user, const char *code, struct err *err)
{
    enum totp_answer answer;
    if (!user->otp)
        return refuse_enabled(err);
    if (!totp_use(call, user, code, &answer, err))
        return false;
    if (answer == TOTP_USED)
        return err_set_key(err, ERR_INVALID, "totp.error", "the code was used already");
    return answer == TOTP_RIGHT || wrong(call, user, "verify 2FA code", err);
}
