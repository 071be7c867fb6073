/*
 * auth0_sign_in.h: signing in by an ID token of an Auth0 tenant (reference barong.md §1.2): its keys are
 * read from the tenant's JWKS document, its issuer and audience are ours to check. Who has a verified
 * address there and no account here gets one.
 */
#ifndef AUTH_ACTIONS_AUTH0_SIGN_IN_H
#define AUTH_ACTIONS_AUTH0_SIGN_IN_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/actions/session.h"
#include "auth/domain/user.h"
#include "base/err.h"

/* ERR_INVALID with identity.session.auth0.invalid_params: the token is none of the tenant's, or
 * expired; ERR_UNAUTHENTICATED with it: no address, or one that is not verified and nobody's; with
 * identity.session.not_active or .missing_otp: as sign_in(). */
bool auth0_sign_in(struct call *call, const char *id_token, const char *otp_code,
                   struct user *ret_user, struct opened_session *ret_opened, struct err *err)
    MUST_CHECK;

#endif
