/*
 * otp.h: switching the codes of an app on and off (reference barong.md §1.3, §2.14). A code is shown
 * for either, and is used up by it.
 *
 * Keys of errors: resource.otp.already_enabled, .not_enabled (status 400), .invalid, and totp.error.
 */
#ifndef AUTH_ACTIONS_OTP_H
#define AUTH_ACTIONS_OTP_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/session.h"
#include "auth/domain/user.h"
#include "base/err.h"
#include "base/str.h"

/* A new seed: appends its otpauth:// address to `url`. */
bool otp_ask(struct call *call, const struct user *user, struct str *url, struct err *err)
    MUST_CHECK;

/* `cookie`: of the session that goes on and has now shown a code; all others end. NULL: all end. */
bool otp_enable(struct call *call, const struct user *user, const char *code, const char *cookie,
                struct err *err) MUST_CHECK;
/* The API keys of the user and of his service accounts become inactive; the other sessions end. A
 * recovery code will do. */
bool otp_disable(struct call *call, const struct user *user, const char *code, const char *cookie,
                 struct err *err) MUST_CHECK;
bool otp_verify(struct call *call, const struct user *user, const char *code, struct err *err)
    MUST_CHECK;

#endif
