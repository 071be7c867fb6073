/*
 * captcha.h: proofs of being human (reference barong.md §1.2.1): reCAPTCHA v2, Geetest v3, or none
 * (CAPTCHA). Asked at the places that RULES_FILE lists: user_create, session_create, password_reset,
 * email_confirmation.
 */
#ifndef AUTH_ACTIONS_CAPTCHA_H
#define AUTH_ACTIONS_CAPTCHA_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "base/err.h"

/* `response`: the text of reCAPTCHA, or the object of Geetest as JSON; NULL: none was sent.
 * ERR_REQUEST_INVALID with identity.captcha.required or .mandatory_fields, ERR_INVALID with
 * identity.captcha.verification_failed (also when the provider does not answer: nobody gets in
 * unproven). */
bool captcha_check(struct call *call, const char *place, const char *response, struct err *err)
    MUST_CHECK;

enum { CAPTCHA_CHALLENGE_SIZE = 33 };

/* A challenge of Geetest for the front end. ERR_PEER_UNAVAILABLE. */
bool captcha_register_geetest(struct call *call, char ret_challenge[static CAPTCHA_CHALLENGE_SIZE],
                              struct err *err) MUST_CHECK;

#endif
