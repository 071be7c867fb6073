/*
 * oauth_register.h: clients come, change and go: by themselves (RFC 7591, 7592), or by an operator.
 * Secrets are given out once, when they are made; nobody can read them again.
 *
 * `admin` is who does it through the admin API: then the activity log gets a row with before and after
 * (actions/audit.h). NULL: the client itself, or an operator at a shell.
 */
#ifndef AUTH_ACTIONS_OAUTH_REGISTER_H
#define AUTH_ACTIONS_OAUTH_REGISTER_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "auth/store/oauth_clients.h"
#include "base/err.h"

enum { OAUTH_FORMER_SECRET_S = 86400 };

struct oauth_registered {
    struct oauth_client_row row;
    char secret[OAUTH_SECRET_SIZE];       /* "": none was made */
    char registration[OAUTH_SECRET_SIZE]; /* "": none was made */
};

/* metadata: the JSON document. by_operator: what only operators may say is taken, and the client gets
 * no token to change itself. */
bool oauth_client_create(struct call *call, const struct user *admin, const char *metadata,
                         size_t length, bool by_operator, struct oauth_registered *ret_registered,
                         struct err *err) MUST_CHECK;
/* The client with this token. OAUTH_INVALID_TOKEN: wrong token, or no such client. */
bool oauth_client_by_token(struct call *call, const char *client_id, const char *token,
                           struct oauth_client_row *ret_row, struct err *err) MUST_CHECK;
/* The whole document anew; enabled: -1 leaves it. A change of the way of authentication makes a secret
 * if one is needed. */
bool oauth_client_replace(struct call *call, const struct user *admin,
                          const struct oauth_client_row *row, const char *metadata, size_t length,
                          bool by_operator, int enabled, struct oauth_registered *ret_registered,
                          struct err *err) MUST_CHECK;
/* A new secret; the former one is good for OAUTH_FORMER_SECRET_S more. */
bool oauth_client_new_secret(struct call *call, const struct user *admin,
                             const struct oauth_client_row *row,
                             struct oauth_registered *ret_registered, struct err *err) MUST_CHECK;
/* All its grants end with it. */
bool oauth_client_remove(struct call *call, const struct user *admin,
                         const struct oauth_client_row *row, struct err *err) MUST_CHECK;

/* Appends the answer of RFC 7591 3.2.1, secrets included if there are any. */
void oauth_registered_write(const struct auth *app, const struct oauth_registered *registered,
                            struct str *out);

#endif
