#include "auth/actions/sign_in.h"

#include <stdio.h>
#include <string.h>

#include "auth/actions/event.h"
#include "auth/actions/factor_reset.h"
#include "auth/actions/second_factor.h"
#include "auth/domain/email.h"
#include "auth/state/config.h"
#include "auth/state/metrics.h"
#include "auth/store/activities.h"
#include "auth/store/known_devices.h"
#include "auth/store/throttles.h"
#include "auth/store/users.h"
#include "crypto/password.h"

enum { LIMITS_MAX = 2, DIGEST_ROOM = PASSWORD_DIGEST_SIZE };

/* One try: what is known of it so far. */
struct attempt {
    struct call *call;
    const struct sign_in *request;
    const char *email; /* of the request, without blanks around it */
    struct user user;  /* id 0: there is none */
    char digest[DIGEST_ROOM];
    uint8_t device_hash[DEVICE_HASH_SIZE];
    bool is_known_device;
    struct throttle limits[LIMITS_MAX]; /* that were taken from */
    size_t limits_count;
    char fresh_digest[PASSWORD_HASH_SIZE]; /* "": the old one stays */
    bool is_stale;                         /* `digest` is not the user's any more */
    bool needs_factor;
    const char *factor; /* NULL: none was shown */
    struct signed_in result;
};

/* ---- limits ---- */

static bool take(struct attempt *attempt, const struct throttle *limit, struct err *err)
{
    struct call *call = attempt->call;
    bool granted;
    if (!throttle_take(call->db, limit, call->now_us, &granted, err))
        return false;
    if (!granted) {
        metric_add_labelled(call->app->metrics, METRIC_THROTTLED,
                            metric_label(call->app->metrics, METRIC_THROTTLED, limit->name), 1);
        return err_set(err, ERR_TOO_MANY, "limit %s", limit->name);
    }
    attempt->limits[attempt->limits_count++] = *limit;
    return true;
}

static bool take_limits(struct attempt *attempt, struct err *err)
{
    const struct auth_config *config = attempt->call->app->config;
    const struct throttle device = {"sign_in.device", attempt->request->device,
                                    config->limit_sign_in_device};
    const struct throttle address = {"sign_in.address", attempt->call->visitor.ip,
                                     config->limit_sign_in_address};
    /* By the address of the account, however the request spells it. */
    const struct throttle account = {"sign_in.account",
                                     attempt->user.id ? attempt->user.email : attempt->email,
                                     config->limit_sign_in_account};
    if (attempt->is_known_device)
        return take(attempt, &device, err);
    return take(attempt, &address, err) && take(attempt, &account, err);
}

static bool give_back_limits(struct attempt *attempt, struct err *err)
{
    for (size_t i = 0; i < attempt->limits_count; i++)
        if (!throttle_give_back(attempt->call->db, &attempt->limits[i], err))
            return false;
    attempt->limits_count = 0;
    return true;
}

/* ---- who it is ---- */

/* The same queries, whether there is such a user or not. */
static bool find_user(struct attempt *attempt, struct err *err)
{
    struct call *call = attempt->call;
    const char *device = attempt->request->device;
    attempt->email = email_trimmed(call->arena, attempt->request->email);
    if (!attempt->email)
        return err_set(err, ERR_BUSY, "no memory for a sign-in");
    if (!users_by_email(call->db, call->arena, attempt->email, &attempt->user, err)) {
        if (err->code != ERR_NOT_FOUND && err->code != ERR_INVALID)
            return false;
        attempt->user.id = 0;
    }
    if (!users_password(call->db, attempt->user.id, attempt->digest, err)) {
        if (err->code != ERR_NOT_FOUND)
            return false;
        snprintf(attempt->digest, sizeof(attempt->digest), "%s",
                 password_nobody(call->app->passwords));
    }
    if (!device)
        return true;
    device_hash_of(device, attempt->device_hash);
    return known_devices_have(call->db, attempt->user.id, attempt->device_hash,
                              &attempt->is_known_device, err);
}

static void count(const struct attempt *attempt, const char *result)
{
    struct metrics *metrics = attempt->call->app->metrics;
    metric_add_labelled(metrics, METRIC_SIGN_INS, metric_label(metrics, METRIC_SIGN_INS, result),
                        1);
}

/* Always false: records the failure, then gives its reason. A row is written for a stranger as well, or
 * the time of the answer would tell who has an account. */
static bool fail(struct attempt *attempt, enum err_code code, const char *key, const char *reason,
                 struct err *err)
{
    struct call *call = attempt->call;
    char data[128];
    snprintf(data, sizeof(data), "{\"reason\":\"%s\"}", reason);
    const struct activity activity = {.user_id = attempt->user.id,
                                      .topic = "session",
                                      .action = "login",
                                      .result = ACTIVITY_FAILED,
                                      .data = data};
    count(attempt, "failed");
    if (!(attempt->user.id != 0
              ? activity_record(call->db, &activity, &call->visitor, err)
              : activity_record_stranger(call->db, attempt->email, &call->visitor, err)))
        return false;
    return err_set_key(err, code, key, "sign-in: %s", reason);
}

static bool check_password(struct attempt *attempt, struct err *err)
{
    struct call *call = attempt->call;
    bool is_right, is_old;
    if (!password_verify(call->app->passwords, attempt->request->password, attempt->digest,
                         &is_right, &is_old, err))
        return false;
    if (!is_right || attempt->user.id == 0)
        return fail(attempt, ERR_UNAUTHENTICATED, "identity.session.invalid_params",
                    "Invalid Email or Password", err);
    return !is_old || password_hash(call->app->passwords, attempt->request->password,
                                    attempt->fresh_digest, err);
}

const struct sign_in_refusal *sign_in_refusal_of(const struct user *user)
{
    static const struct sign_in_refusal banned = {"identity.session.banned",
                                                  "Your account is banned"};
    static const struct sign_in_refusal deleted = {"identity.session.deleted",
                                                   "Your account is deleted"};
    static const struct sign_in_refusal other = {"identity.session.not_active",
                                                 "Your account is not active"};
    if (user_may_enter(user))
        return NULL;
    return strcmp(user->state, "banned") == 0    ? &banned
           : strcmp(user->state, "deleted") == 0 ? &deleted
                                                 : &other;
}

static bool check_state(struct attempt *attempt, struct err *err)
{
    const struct sign_in_refusal *refusal = sign_in_refusal_of(&attempt->user);
    return !refusal || fail(attempt, ERR_UNAUTHENTICATED, refusal->key, refusal->reason, err);
}

static bool check_factor(struct attempt *attempt, struct err *err)
{
    const char *code = attempt->request->otp_code;
    if (!second_factor_is_needed(attempt->call, &attempt->user, &attempt->needs_factor, err))
        return false;
    if (!attempt->needs_factor)
        return true;
    if (!code || code[strspn(code, " \t")] == '\0') {
        /* The first step of every sign-in with a second factor: nobody was guessing. */
        return give_back_limits(attempt, err) &&
               err_set_key(err, ERR_UNAUTHENTICATED, "identity.session.missing_otp",
                           "sign-in: the code of the second factor is missing");
    }
    if (!second_factor_verify(attempt->call, &attempt->user, code, &attempt->factor, err))
        return false;
    return attempt->factor ||
           fail(attempt, ERR_FORBIDDEN, "identity.session.invalid_otp", "OTP code is invalid", err);
}

/* ---- the session ---- */

/* A browser keeps its cookie from one account to the next only where it is known already. */
static void make_device(struct attempt *attempt)
{
    device_make(attempt->is_known_device ? attempt->request->device : NULL, attempt->result.device);
    device_hash_of(attempt->result.device, attempt->device_hash);
}

/* What was verified must be the password still: a reset that was faster has ended all sessions, and
 * none may come after it. */
static bool check_digest(struct attempt *attempt, struct err *err)
{
    char digest[DIGEST_ROOM];
    uint64_t id = attempt->user.id;
    if (!users_password(attempt->call->db, id, digest, err))
        return false;
    attempt->is_stale = strcmp(digest, attempt->digest) != 0;
    if (attempt->is_stale)
        return err_set_key(err, ERR_UNAUTHENTICATED, "identity.session.invalid_params",
                           "the password changed while signing in");
    return attempt->fresh_digest[0] == '\0' ||
           users_set_password(attempt->call->db, id, attempt->fresh_digest, err);
}

bool sign_in_end(struct call *call, const struct user *user, const char *methods,
                 struct opened_session *ret_session, struct err *err)
{
    const struct event_text where[] = {
        {"user_ip", call->visitor.ip}, {"user_agent", call->visitor.user_agent}, {NULL, NULL}};
    const struct activity activity = {.user_id = user->id,
                                      .topic = "session",
                                      .action =
                                          strcmp(methods, "pwd") == 0 ? "login" : "login::2fa",
                                      .result = ACTIVITY_SUCCEED};
    /* Who has a factor has not lost it. */
    bool has_factor = strcmp(methods, "pwd") != 0;
    return (!has_factor || factor_reset_stop(call, user, "sign-in", err)) &&
           activity_record(call->db, &activity, &call->visitor, err) &&
           event_system(call->db, "system.session.create", user, where, err) &&
           session_open(call, user, methods, ret_session, err);
}

static bool open_unit(struct db *db, void *arg, struct err *err)
{
    struct attempt *attempt = arg;
    struct call *call = attempt->call;
    struct user *user = &attempt->result.user;
    char methods[SESSION_METHODS_SIZE];
    bool needs_factor;
    snprintf(methods, sizeof(methods), "pwd%s%s", attempt->factor ? " " : "",
             attempt->factor ? attempt->factor : "");
    if (!users_lock_by_id(db, call->arena, attempt->user.id, user, err) ||
        !second_factor_is_needed(call, user, &needs_factor, err))
        return false;
    /* What happened meanwhile counts: a ban, a second factor that was switched on. */
    if (!user_may_enter(user) || needs_factor != attempt->needs_factor)
        return err_set_key(err, ERR_UNAUTHENTICATED, "identity.session.not_active",
                           "the account changed while signing in");
    return check_digest(attempt, err) &&
           known_devices_add(db, user->id, attempt->device_hash, call->now_us, err) &&
           sign_in_end(call, user, methods, &attempt->result.session, err);
}

/* A digest that changed may be the same password's, renewed by another sign-in: it is looked at once
 * more. */
static bool open_session(struct attempt *attempt, struct err *err)
{
    struct db *db = attempt->call->db;
    if (db_transaction(db, open_unit, attempt, err))
        return true;
    if (!attempt->is_stale)
        return false;
    attempt->fresh_digest[0] = '\0';
    return users_password(db, attempt->user.id, attempt->digest, err) &&
           check_password(attempt, err) && db_transaction(db, open_unit, attempt, err);
}

bool sign_in_password(struct call *call, const struct sign_in *request, struct user *ret_user,
                      struct err *err)
{
    struct attempt attempt = {.call = call, .request = request};
    if (!find_user(&attempt, err) || !take_limits(&attempt, err) ||
        !check_password(&attempt, err) || !check_state(&attempt, err) ||
        !give_back_limits(&attempt, err))
        return false;
    *ret_user = attempt.user;
    return true;
}

bool sign_in(struct call *call, const struct sign_in *request, struct signed_in *ret_signed_in,
             struct err *err)
{
    struct attempt attempt = {.call = call, .request = request};
    if (!find_user(&attempt, err) || !take_limits(&attempt, err) ||
        !check_password(&attempt, err) || !check_state(&attempt, err) ||
        !check_factor(&attempt, err))
        return false;
    make_device(&attempt);
    if (!open_session(&attempt, err) || !give_back_limits(&attempt, err))
        return false;
    count(&attempt, "succeed");
    *ret_signed_in = attempt.result;
    return true;
}
