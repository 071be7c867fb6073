#include "auth/actions/step_up.h"

#include <stdio.h>
#include <string.h>

#include "auth/actions/factor_limit.h"
#include "auth/actions/passkey.h"
#include "auth/actions/second_factor.h"
#include "auth/actions/session.h"
#include "auth/state/config.h"
#include "auth/store/activities.h"
#include "auth/store/sessions.h"
#include "auth/store/users.h"
#include "crypto/password.h"

static const int64_t second_us = 1000000;

void step_up_holder(const struct session *session, char ret_holder[static STEP_UP_HOLDER_SIZE])
{
    for (size_t i = 0; i < SESSION_ID_SIZE; i++)
        snprintf(ret_holder + 2 * i, 3, "%02x", session->id[i]);
}

bool step_up_session(struct call *call, const struct user *user, const char *cookie,
                     struct session *ret_session, struct err *err)
{
    static const char key[] = "resource.step_up.no_session";
    uint8_t id[SESSION_ID_SIZE];
    struct session session;
    if (!cookie)
        return err_set_key(err, ERR_FORBIDDEN, key, "a request without a session");
    session_id_of(cookie, id);
    if (!sessions_find(call->db, id, call->now_us, &session, err))
        return err->code == ERR_NOT_FOUND
                   ? err_set_key(err, ERR_FORBIDDEN, key, "the session is over")
                   : false;
    if (session.user_id != user->id)
        return err_set_key(err, ERR_FORBIDDEN, key, "the session is somebody else's");
    *ret_session = session;
    return true;
}

bool step_up_look(struct call *call, const struct user *user, const struct session *session,
                  struct step_up_state *ret_state, struct err *err)
{
    struct step_up_state state = {.is_done = false};
    size_t passkeys;
    if (!passkeys_count(call->db, user->id, &passkeys, err) ||
        !second_factor_is_needed(call, user, &state.needs_factor, err))
        return false;
    state.has_passkeys = passkeys > 0;
    int64_t until = session->authenticated_at + call->app->config->step_up_time_s * second_us;
    bool is_enough = !state.needs_factor || session_methods_have(session->methods, "otp") ||
                     session_methods_have(session->methods, "hwk");
    state.is_done = is_enough && call->now_us < until;
    state.valid_until = state.is_done ? until : 0;
    *ret_state = state;
    return true;
}

bool step_up_check(struct call *call, const struct user *user, const struct session *session,
                   struct err *err)
{
    struct step_up_state state;
    return step_up_look(call, user, session, &state, err) &&
           (state.is_done || err_set_key(err, ERR_FORBIDDEN, "resource.step_up.required",
                                         "user %s has to show again who he is", user->uid));
}

/* ---- showing ---- */

/* Wrong ones count as wrong second factors: a thief of a session gets no more tries than another. */
static bool password_show(struct call *call, const struct user *user, const char *password,
                          bool *ret_is_right, struct err *err)
{
    char digest[PASSWORD_DIGEST_SIZE];
    bool is_old;
    return factor_limit_take(call, user, err) && users_password(call->db, user->id, digest, err) &&
           password_verify(call->app->passwords, password, digest, ret_is_right, &is_old, err) &&
           (!*ret_is_right || factor_limit_give_back(call, user, err));
}

static bool passkey_show(struct call *call, const struct user *user, const struct session *session,
                         const char *credential, bool *ret_is_right, struct err *err)
{
    char holder[STEP_UP_HOLDER_SIZE];
    struct user owner;
    step_up_holder(session, holder);
    const struct passkey_proof proof = {
        .credential = credential, .purpose = CHALLENGE_STEP_UP, .holder = holder};
    *ret_is_right = passkey_verify(call, &proof, &owner, err) && owner.id == user->id;
    return *ret_is_right || err->code == ERR_INVALID;
}

/* ret_method: NULL when what was shown is not right, or not enough. */
static bool show(struct call *call, const struct user *user, const struct session *session,
                 const struct step_up *shown, const char **ret_method, struct err *err)
{
    bool is_right = false, needs_factor;
    *ret_method = NULL;
    if (shown->code)
        return second_factor_verify(call, user, shown->code, ret_method, err);
    if (shown->passkey) {
        err->code = ERR_INVALID; /* of a passkey that is good, but somebody else's */
        if (!passkey_show(call, user, session, shown->passkey, &is_right, err))
            return false;
        *ret_method = is_right ? "hwk" : NULL;
        return true;
    }
    if (!second_factor_is_needed(call, user, &needs_factor, err))
        return false;
    if (needs_factor)
        return true;
    if (!password_show(call, user, shown->password, &is_right, err))
        return false;
    *ret_method = is_right ? "pwd" : NULL;
    return true;
}

bool step_up(struct call *call, const struct user *user, struct session *session,
             const struct step_up *shown, struct err *err)
{
    char methods[SESSION_METHODS_SIZE];
    const char *method;
    assert(shown->password || shown->code || shown->passkey);
    if (!show(call, user, session, shown, &method, err))
        return false;
    const struct activity activity = {.user_id = user->id,
                                      .topic = "session",
                                      .action = "step up",
                                      .result = method ? ACTIVITY_SUCCEED : ACTIVITY_FAILED};
    if (!activity_record(call->db, &activity, &call->visitor, err))
        return false;
    if (!method)
        return err_set_key(err, ERR_INVALID, "resource.step_up.invalid",
                           "user %s: what was shown is wrong, or not enough", user->uid);
    session_methods_add(session->methods, method, methods);
    if (!sessions_set_methods(call->db, session->id, methods, call->now_us, err))
        return false;
    memcpy(session->methods, methods, sizeof(session->methods));
    session->authenticated_at = call->now_us;
    return true;
}
