#include "auth/actions/recovery.h"

#include <stdio.h>

#include "auth/actions/event.h"
#include "auth/actions/factor_limit.h"
#include "auth/state/config.h"
#include "auth/store/activities.h"
#include "auth/store/recovery_codes.h"
#include "auth/store/users.h"
#include "crypto/crypto.h"

struct work {
    struct call *call;
    const struct user *user;
    uint8_t hashes[RECOVERY_CODES][RECOVERY_HASH_SIZE];
    bool is_right;
    size_t left;
};

static bool note(struct work *work, const char *action, const char *event, struct err *err)
{
    struct call *call = work->call;
    char left[24];
    snprintf(left, sizeof(left), "%zu", work->left);
    const struct activity activity = {
        .user_id = work->user->id, .topic = "otp", .action = action, .result = ACTIVITY_SUCCEED};
    const struct event_text extra[] = {
        {"domain", call->app->config->domain}, {"left", left}, {NULL, NULL}};
    return activity_record(call->db, &activity, &call->visitor, err) &&
           event_system(call->db, event, work->user, extra, err);
}

static bool make_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    struct user locked;
    work->left = RECOVERY_CODES;
    return users_lock_by_id(db, NULL, work->user->id, &locked, err) &&
           recovery_codes_replace(db, work->user->id, work->hashes, RECOVERY_CODES,
                                  work->call->now_us, err) &&
           note(work, "create recovery codes", "system.user.recovery_codes.created", err);
}

bool recovery_make(struct call *call, const struct user *user, struct recovery_codes *ret_codes,
                   struct err *err)
{
    struct work work = {.call = call, .user = user};
    struct recovery_codes made = {.codes = {""}};
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        char code[RECOVERY_CHARS + 1];
        recovery_code_draw(made.codes[i]);
        bool is_code = recovery_code_parse(made.codes[i], code);
        assert(is_code);
        recovery_code_hash(user->id, code, work.hashes[i]);
        bytes_wipe(code, sizeof(code));
    }
    bool done = db_transaction(call->db, make_unit, &work, err);
    if (done)
        *ret_codes = made;
    bytes_wipe(&made, sizeof(made));
    return done;
}

static bool use_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    int64_t created_at;
    if (!recovery_codes_use(db, work->user->id, work->hashes[0], work->call->now_us,
                            &work->is_right, err))
        return false;
    return !work->is_right ||
           (recovery_codes_count(db, work->user->id, &work->left, &created_at, err) &&
            note(work, "use recovery code", "system.user.recovery_codes.used", err));
}

bool recovery_use(struct call *call, const struct user *user, const char *typed, bool *ret_is_right,
                  struct err *err)
{
    struct work work = {.call = call, .user = user};
    char code[RECOVERY_CHARS + 1];
    if (!factor_limit_take(call, user, err))
        return false;
    if (!recovery_code_parse(typed, code)) {
        *ret_is_right = false;
        return true;
    }
    recovery_code_hash(user->id, code, work.hashes[0]);
    bytes_wipe(code, sizeof(code));
    if (!db_transaction(call->db, use_unit, &work, err))
        return false;
    *ret_is_right = work.is_right;
    return !work.is_right || factor_limit_give_back(call, user, err);
}
