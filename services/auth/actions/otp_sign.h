/*
 * otp_sign.h: a document of other servers gets our signature when the user it is about shows a code of
 * his second factor (reference barong.md §1.5): so a withdrawal can ask for it without knowing seeds.
 */
#ifndef AUTH_ACTIONS_OTP_SIGN_H
#define AUTH_ACTIONS_OTP_SIGN_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "base/err.h"
#include "base/str.h"

/* Appends the document, a JWS in general JSON form, with one more signature of the signer `barong`.
 * ERR_NOT_FOUND: no active user; ERR_INVALID with a sentence as key. Claims that could pass for a
 * token of ours (`sub`, `uid`) are not signed. */
bool otp_sign(struct call *call, const char *uid, const char *code, const char *document,
              struct str *out, struct err *err) MUST_CHECK;

#endif
