#include "auth/actions/sign_in_passkey.h"

#include <stdio.h>
#include <string.h>

#include "auth/actions/passkey.h"
#include "auth/state/config.h"
#include "auth/state/metrics.h"
#include "auth/store/activities.h"
#include "auth/store/throttles.h"
#include "auth/store/users.h"

struct attempt {
    struct call *call;
    struct user user; /* id 0: nobody's passkey */
    struct signed_in result;
};

static void count(struct metrics *metrics, const char *result)
{
    metric_add_labelled(metrics, METRIC_SIGN_INS, metric_label(metrics, METRIC_SIGN_INS, result),
                        1);
}

/* Always false. */
static bool fail(struct attempt *attempt, const char *key, const char *reason, struct err *err)
{
    struct call *call = attempt->call;
    char data[128];
    snprintf(data, sizeof(data), "{\"reason\":\"%s\"}", reason);
    const struct activity activity = {.user_id = attempt->user.id,
                                      .topic = "session",
                                      .action = "login::2fa",
                                      .result = ACTIVITY_FAILED,
                                      .data = data};
    count(call->app->metrics, "failed");
    return activity_record(call->db, &activity, &call->visitor, err) &&
           err_set_key(err, ERR_UNAUTHENTICATED, key, "sign-in by passkey: %s", reason);
}

static bool verify(struct attempt *attempt, const struct sign_in_passkey *request, struct err *err)
{
    const struct passkey_proof proof = {.credential = request->credential,
                                        .purpose = CHALLENGE_SIGN_IN,
                                        .holder = request->holder ? request->holder : ""};
    if (!request->holder)
        err_set(err, ERR_INVALID, "a challenge without its cookie");
    else if (passkey_verify(attempt->call, &proof, &attempt->user, err))
        return true;
    if (err->code != ERR_INVALID)
        return false;
    count(attempt->call->app->metrics, "failed");
    err->code = ERR_UNAUTHENTICATED;
    err->key = "identity.session.invalid_params";
    return false;
}

static bool open_unit(struct db *db, void *arg, struct err *err)
{
    struct attempt *attempt = arg;
    struct user *user = &attempt->result.user;
    if (!users_lock_by_id(db, attempt->call->arena, attempt->user.id, user, err))
        return false;
    if (!user_may_enter(user))
        return err_set_key(err, ERR_UNAUTHENTICATED, "identity.session.not_active",
                           "the account changed while signing in");
    return sign_in_end(attempt->call, user, "hwk", &attempt->result.session, err);
}

bool sign_in_passkey(struct call *call, const struct sign_in_passkey *request,
                     struct signed_in *ret_signed_in, struct err *err)
{
    struct attempt attempt = {.call = call};
    const struct throttle limit = {"sign_in.address", call->visitor.ip,
                                   call->app->config->limit_sign_in_address};
    bool is_granted;
    if (!throttle_take(call->db, &limit, call->now_us, &is_granted, err))
        return false;
    if (!is_granted)
        return err_set(err, ERR_TOO_MANY, "limit %s", limit.name);
    if (!verify(&attempt, request, err))
        return false;
    const struct sign_in_refusal *refusal = sign_in_refusal_of(&attempt.user);
    if (refusal)
        return fail(&attempt, refusal->key, refusal->reason, err);
    if (!db_transaction(call->db, open_unit, &attempt, err) ||
        !throttle_give_back(call->db, &limit, err))
        return false;
    count(call->app->metrics, "succeed");
    *ret_signed_in = attempt.result;
    return true;
}
