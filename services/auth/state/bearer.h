/* bearer.h: what is kept of a verified session JWT: the value of app->bearer_tokens. */
#ifndef AUTH_STATE_BEARER_H
#define AUTH_STATE_BEARER_H

#include "auth/domain/user.h"
#include "contract/scope.h"

/* For resource and admin the uid is all that counts: the rest is asked of the table. */
struct bearer {
    char uid[USER_UID_SIZE];
    char role[USER_WORD_SIZE], state[USER_WORD_SIZE]; /* "" when the token has none */
    scope_set scopes;                                 /* what it may be used for */
};

#endif
