/*
 * step_up.h: showing again who one is, in a session that is open, before something dangerous.
 *
 *     struct session session;
 *     if (!step_up_session(call, user, cookie, &session, err)          // whose cookie it is
 *         || !step_up_check(call, user, &session, err)) return false;  // shown lately, and enough
 *
 * Lately: within STEP_UP_TIME; signing in counts. Enough: who has a second factor has shown one in
 * this session; a password alone does not do.
 */
#ifndef AUTH_ACTIONS_STEP_UP_H
#define AUTH_ACTIONS_STEP_UP_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/session.h"
#include "auth/domain/user.h"
#include "base/err.h"

enum { STEP_UP_HOLDER_SIZE = 65 };

/* The session of the cookie; ERR_FORBIDDEN, key resource.step_up.no_session, when there is none (a
 * request by API key or OAuth) or it is somebody else's. */
bool step_up_session(struct call *call, const struct user *user, const char *cookie,
                     struct session *ret_session, struct err *err) MUST_CHECK;
/* ERR_FORBIDDEN, key resource.step_up.required. */
bool step_up_check(struct call *call, const struct user *user, const struct session *session,
                   struct err *err) MUST_CHECK;

struct step_up_state {
    bool needs_factor, has_passkeys;
    bool is_done;        /* whether step_up_check() says yes now */
    int64_t valid_until; /* until when; 0: not done */
};
bool step_up_look(struct call *call, const struct user *user, const struct session *session,
                  struct step_up_state *ret_state, struct err *err) MUST_CHECK;

/* One of these is shown; the others are NULL. */
struct step_up {
    const char *password; /* of users without a second factor */
    const char *code;     /* of the app, or for recovery */
    const char *passkey;  /* JSON of the browser, for a challenge of purpose CHALLENGE_STEP_UP */
};
/* Moves the session. ERR_INVALID, key resource.step_up.invalid; ERR_TOO_MANY. */
bool step_up(struct call *call, const struct user *user, struct session *session,
             const struct step_up *shown, struct err *err) MUST_CHECK;

/* Whom the challenges of a session are given to. */
void step_up_holder(const struct session *session, char ret_holder[static STEP_UP_HOLDER_SIZE]);

#endif
