#include "auth/actions/factor_reset.h"

#include <stdio.h>
#include <string.h>

#include "auth/actions/event.h"
#include "auth/actions/label_set.h"
#include "auth/actions/mail_token.h"
#include "auth/actions/second_factor.h"
#include "auth/actions/session.h"
#include "auth/actions/user_save.h"
#include "auth/state/config.h"
#include "auth/store/activities.h"
#include "auth/store/factor_resets.h"
#include "auth/store/oauth_endings.h"
#include "auth/store/passkeys.h"
#include "auth/store/recovery_codes.h"
#include "auth/store/totp_factors.h"
#include "auth/store/users.h"
#include "base/auto.h"
#include "crypto/crypto.h"
#include "secret/secret.h"
#include "token/token.h"

enum { CANCEL_SIZE = 65, BATCH = 50 };

static const char purpose[] = "factor_reset";
static const int64_t hour_us = INT64_C(3600) * 1000000;
static const int64_t remind_every_us = 24 * INT64_C(3600) * 1000000;

static bool tell(struct call *call, const char *event, const struct user *user,
                 const struct event_text *extra, struct err *err)
{
    const char *action = strrchr(event, '.') + 1;
    char text[64];
    snprintf(text, sizeof(text), "factor reset: %s", action);
    const struct activity activity = {
        .user_id = user->id, .topic = "otp", .action = text, .result = ACTIVITY_SUCCEED};
    return activity_record(call->db, &activity, &call->visitor, err) &&
           event_system(call->db, event, user, extra, err);
}

static bool needs_factor(struct call *call, const struct user *user, struct err *err)
{
    bool is_needed;
    return second_factor_is_needed(call, user, &is_needed, err) &&
           (is_needed || err_set_key(err, ERR_INVALID, "identity.factor_reset.no_factor",
                                     "there is no second factor to be reset"));
}

/* ---- asking ---- */

struct ask_work {
    struct call *call;
    const struct user *user;
    const char *token;
};

static bool ask_unit(struct db *db, void *arg, struct err *err)
{
    const struct ask_work *work = arg;
    const struct event_text extra[] = {
        {"domain", work->call->app->config->domain}, {"token", work->token}, {NULL, NULL}};
    (void)db;
    return tell(work->call, "system.user.factor_reset.token", work->user, extra, err);
}

bool factor_reset_ask(struct call *call, const struct sign_in *request, struct err *err)
{
    AUTO(str_wipe) struct str token = STR_INIT(TOKEN_BYTES_MAX);
    struct user user;
    if (!sign_in_password(call, request, &user, err) || !needs_factor(call, &user, err) ||
        !mail_token_make(call, purpose, &user, NULL, &token, err))
        return false;
    struct ask_work work = {call, &user, str_data(&token)};
    return db_transaction(call->db, ask_unit, &work, err);
}

/* ---- the notice ---- */

/* What stops a reset: the same text each time it is written into a notice, and nowhere stored. */
static bool cancel_token(struct call *call, const struct factor_reset *reset,
                         char ret_token[static CANCEL_SIZE],
                         uint8_t ret_hash[static FACTOR_RESET_HASH_SIZE], struct err *err)
{
    char of_what[64];
    snprintf(of_what, sizeof(of_what), "%llu/%lld", (unsigned long long)reset->user_id,
             (long long)reset->created_at);
    if (!secret_index(call->app->secrets, "factor_reset.cancel", of_what, strlen(of_what),
                      ret_token, err))
        return false;
    sha256(ret_token, strlen(ret_token), ret_hash);
    return true;
}

static bool notice(struct call *call, const char *event, const struct user *user,
                   const struct factor_reset *reset, struct err *err)
{
    uint8_t hash[FACTOR_RESET_HASH_SIZE];
    char token[CANCEL_SIZE], due[CLOCK_ISO_SIZE];
    if (!cancel_token(call, reset, token, hash, err))
        return false;
    const struct event_text extra[] = {{"domain", call->app->config->domain},
                                       {"token", token},
                                       {"due_at", clock_iso(reset->due_at, due)},
                                       {NULL, NULL}};
    return tell(call, event, user, extra, err);
}

/* ---- starting ---- */

struct start_work {
    struct call *call;
    const struct mail_claims *claims;
    struct factor_reset reset;
};

static bool start_unit(struct db *db, void *arg, struct err *err)
{
    struct start_work *work = arg;
    struct call *call = work->call;
    uint8_t hash[FACTOR_RESET_HASH_SIZE];
    char token[CANCEL_SIZE];
    struct user user;
    if (!users_lock_by_uid(db, call->arena, work->claims->uid, &user, err))
        return false;
    if (!user_may_enter(&user))
        return err_set_key(err, ERR_INVALID, "identity.factor_reset.no_factor",
                           "the account lets nobody in");
    work->reset = (struct factor_reset){.user_id = user.id,
                                        .created_at = call->now_us,
                                        .due_at = call->now_us +
                                                  call->app->config->factor_reset_hours * hour_us,
                                        .reminded_at = call->now_us};
    if (!needs_factor(call, &user, err) || !mail_token_use(call, work->claims, err) ||
        !cancel_token(call, &work->reset, token, hash, err))
        return false;
    if (!factor_resets_insert(db, &work->reset, hash, NULL, err)) {
        if (err->code == ERR_CONFLICT)
            err->key = "identity.factor_reset.waiting";
        return false;
    }
    return notice(call, "system.user.factor_reset.started", &user, &work->reset, err);
}

bool factor_reset_start(struct call *call, const char *token, int64_t *ret_due_at, struct err *err)
{
    struct mail_claims claims;
    struct start_work work = {.call = call, .claims = &claims};
    if (!mail_token_read(call, purpose, token, &claims, err) ||
        !db_transaction(call->db, start_unit, &work, err))
        return false;
    *ret_due_at = work.reset.due_at;
    return true;
}

/* ---- stopping ---- */

static bool stop(struct call *call, const struct user *user, const struct factor_reset *reset,
                 const char *by, struct err *err)
{
    const struct event_text extra[] = {{"domain", call->app->config->domain}, {NULL, NULL}};
    bool is_ended;
    return factor_resets_end(call->db, reset->id, "cancelled", by, call->now_us, &is_ended, err) &&
           (!is_ended || tell(call, "system.user.factor_reset.cancelled", user, extra, err));
}

bool factor_reset_stop(struct call *call, const struct user *user, const char *by, struct err *err)
{
    struct factor_reset reset;
    if (!factor_resets_find(call->db, user->id, &reset, err))
        return err->code == ERR_NOT_FOUND;
    return stop(call, user, &reset, by, err);
}

struct cancel_work {
    struct call *call;
    uint8_t hash[FACTOR_RESET_HASH_SIZE];
};

static bool cancel_unit(struct db *db, void *arg, struct err *err)
{
    const struct cancel_work *work = arg;
    struct factor_reset reset;
    struct user user;
    if (!factor_resets_by_cancel(db, work->hash, &reset, err))
        return err->code == ERR_NOT_FOUND &&
               err_set_key(err, ERR_INVALID, "identity.factor_reset.invalid_token",
                           "no reset waits that this would stop");
    return users_lock_by_id(db, work->call->arena, reset.user_id, &user, err) &&
           stop(work->call, &user, &reset, "link", err);
}

bool factor_reset_cancel(struct call *call, const char *token, struct err *err)
{
    struct cancel_work work = {.call = call};
    sha256(token, strlen(token), work.hash);
    return db_transaction(call->db, cancel_unit, &work, err);
}

/* ---- doing it ---- */

bool factor_reset_apply(struct call *call, struct user *user, struct err *err)
{
    const struct event_text extra[] = {{"domain", call->app->config->domain}, {NULL, NULL}};
    struct user changed = *user;
    uint64_t passkeys;
    changed.otp = false;
    if (!totp_factors_delete(call->db, user->id, err) ||
        !passkeys_delete_all(call->db, user->id, &passkeys, err) ||
        !recovery_codes_delete(call->db, user->id, err) || !user_save(call, user, &changed, err))
        return false;
    if (!label_remove(call, user, "otp", LABEL_PRIVATE, err) && err->code != ERR_NOT_FOUND)
        return false;
    return sessions_end_of_user(call, user, NULL, err) &&
           oauth_end_user(call->db, user->id, "factors", call->now_us, err) &&
           tell(call, "system.user.factor_reset.done", user, extra, err);
}

struct run_work {
    struct call *call;
    const struct factor_reset *reset;
};

static bool run_unit(struct db *db, void *arg, struct err *err)
{
    const struct run_work *work = arg;
    struct call *call = work->call;
    const struct factor_reset *reset = work->reset;
    struct user user;
    bool is_ours;
    if (!users_lock_by_id(db, call->arena, reset->user_id, &user, err))
        return false;
    if (reset->due_at > call->now_us)
        return factor_resets_set_reminded(db, reset->id, call->now_us, err) &&
               notice(call, "system.user.factor_reset.reminder", &user, reset, err);
    /* Another process may have been faster, or the owner. */
    return factor_resets_end(db, reset->id, "done", NULL, call->now_us, &is_ours, err) &&
           (!is_ours || factor_reset_apply(call, &user, err));
}

bool factor_resets_run(struct call *call, size_t *ret_count, struct err *err)
{
    struct factor_reset resets[BATCH];
    size_t count;
    if (!factor_resets_pending(call->db, call->now_us, call->now_us - remind_every_us, BATCH,
                               resets, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct run_work work = {call, &resets[i]};
        if (!db_transaction(call->db, run_unit, &work, err))
            return false;
    }
    *ret_count = count;
    return true;
}
