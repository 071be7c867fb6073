/*
 * scope.h: what a request may at most do when it comes with less than its user has: by an access token
 * of the OAuth provider, or by an API key that was made with a scope. A list of scopes is a text of
 * words between single blanks; here it is a set of bits, so that subset and union are one operation.
 *
 * The table is the only list of scopes: discovery, consent and authz read it, and every service behind
 * the edge, which finds the list as the claim `scope` of the session JWT. A token without that claim
 * (of a person, or of a key without a scope) is SCOPES_UNLIMITED. Pure.
 */
#ifndef CONTRACT_SCOPE_H
#define CONTRACT_SCOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum { SCOPES_TEXT_MAX = 512 };

/* clang-format off */
#define SCOPES(X)                                                                                  \
    X(OPENID, "openid", "Know who you are here")                                                   \
    X(PROFILE, "profile", "See your name, birth date and user name")                               \
    X(EMAIL, "email", "See your e-mail address")                                                   \
    X(PHONE, "phone", "See your phone number")                                                     \
    X(ADDRESS, "address", "See your postal address")                                               \
    X(OFFLINE_ACCESS, "offline_access", "Keep access while you are away")                          \
    X(BARONG, "barong", "See your account: role, level and state")                                 \
    X(PEATIO_READ, "peatio.read", "See your balances, orders and history")                         \
    X(PEATIO_TRADE, "peatio.trade", "Place and cancel orders in your name")                        \
    X(PEATIO, "peatio", "Use your whole trading account, also deposits and withdrawals")
/* clang-format on */

enum scope {
#define X(name, word, title) SCOPE_##name,
    SCOPES(X)
#undef X
        SCOPES_COUNT
};

typedef unsigned scope_set;
#define SCOPE_BIT(name) (1u << SCOPE_##name)
#define SCOPE_ALL ((1u << SCOPES_COUNT) - 1)
/* No list at all: what the user may do. It is no sum of scopes: zeroed memory opens nothing. */
#define SCOPES_UNLIMITED (~0u)

const char *scope_word(enum scope scope);
const char *scope_title(enum scope scope);

/* One word, `length` bytes. */
bool scope_find(const char *word, size_t length, enum scope *ret_scope);

/* NULL or "" is the empty set. False: a word that we don't know, or not the form of a list; then
 * *ret_set is not written. */
bool scopes_parse(const char *text, scope_set *ret_set) MUST_CHECK;
void scopes_write(struct str *out, scope_set set); /* in the order of the table */
/* The same into a buffer that any set fits. */
const char *scopes_text(scope_set set, char buffer[static SCOPES_TEXT_MAX]);

/* Whether a request with this set may call this: the path as authz sees it, without a leading slash
 * ("api/v2/peatio/account/balances"). What no scope names is closed. */
bool scopes_permit(scope_set set, const char *verb, const char *path);
/* The same behind the edge, which takes the service's name away: "peatio", "/api/v2/account/balances". */
bool scopes_permit_at(scope_set set, const char *verb, const char *service, const char *path);

/* Scopes that make sense without a user (client credentials): none of them speaks of a person. */
scope_set scopes_of_machines(void);

#endif
