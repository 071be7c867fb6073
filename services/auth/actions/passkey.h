/*
 * passkey.h: passkeys: asking for one, keeping it, and judging what it signed. The rules of the
 * standard are libs/webauthn's; here are challenges that are good once and for one holder, whose
 * passkey it is, and counters.
 *
 * `holder` is whom a challenge is given to: the hex of the session's id, or the cookie that a browser
 * got with the challenge to sign in (catalogue: a challenge is bound to its session).
 */
#ifndef AUTH_ACTIONS_PASSKEY_H
#define AUTH_ACTIONS_PASSKEY_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/actions/call.h"
#include "auth/domain/challenge.h"
#include "auth/domain/session.h"
#include "auth/domain/user.h"
#include "auth/store/passkeys.h"
#include "base/err.h"
#include "base/str.h"

/* ---- asking ---- */

/* PublicKeyCredentialCreationOptionsJSON, appended to `out`. */
bool passkey_ask_new(struct call *call, const struct user *user, const char *holder,
                     struct str *out, struct err *err) MUST_CHECK;
/* PublicKeyCredentialRequestOptionsJSON; `user` NULL: whoever it is (sign-in). */
bool passkey_ask(struct call *call, const struct user *user, enum challenge_purpose purpose,
                 const char *holder, struct str *out, struct err *err) MUST_CHECK;

/* ---- keeping ---- */

struct passkey_add {
    const char *name, *credential; /* JSON of the browser */
    const char *holder;
    const struct session *session; /* gets the method "hwk"; the user's other sessions end */
};

/* One transaction. ERR_INVALID, key resource.passkey.invalid, .invalid_name, .too_many, .exists. */
bool passkey_add(struct call *call, const struct user *user, const struct passkey_add *add,
                 struct passkey *ret_passkey, struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND. */
bool passkey_rename(struct call *call, const struct user *user, uint64_t id, const char *name,
                    struct err *err) MUST_CHECK;
/* One transaction; the user's other sessions end. ERR_NOT_FOUND. */
bool passkey_remove(struct call *call, const struct user *user, uint64_t id,
                    const struct session *session, struct err *err) MUST_CHECK;

/* ---- judging ---- */

struct passkey_proof {
    const char *credential; /* JSON of the browser */
    enum challenge_purpose purpose;
    const char *holder;
};

/* Whose passkey signed a challenge of ours, which is used up. Not inside a transaction. ERR_INVALID
 * for all that is wrong with it, with the reason in the story: the caller has the key. A counter that
 * went back is refused, written down, and told to the user: there may be a copy of his passkey. */
bool passkey_verify(struct call *call, const struct passkey_proof *proof, struct user *ret_user,
                    struct err *err) MUST_CHECK;

#endif
