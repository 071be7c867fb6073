/*
 * oauth_error.h: how OAuth says no. Failures of the provider are struct err as everywhere; the key is
 * the word of the standards ("invalid_grant"), and the story is written for the developer of the
 * client, who reads it as error_description. So it names rules and parameters, never values of others.
 */
#ifndef AUTH_DOMAIN_OAUTH_ERROR_H
#define AUTH_DOMAIN_OAUTH_ERROR_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* Word, HTTP status. */
/* clang-format off */
#define OAUTH_ERRORS(X)                                                                            \
    X(INVALID_REQUEST, "invalid_request", 400)                                                     \
    X(INVALID_CLIENT, "invalid_client", 401)                                                       \
    X(INVALID_GRANT, "invalid_grant", 400)                                                         \
    X(UNAUTHORIZED_CLIENT, "unauthorized_client", 400)                                             \
    X(UNSUPPORTED_GRANT_TYPE, "unsupported_grant_type", 400)                                       \
    X(UNSUPPORTED_RESPONSE_TYPE, "unsupported_response_type", 400)                                 \
    X(INVALID_SCOPE, "invalid_scope", 400)                                                         \
    X(INVALID_TARGET, "invalid_target", 400)                                                       \
    X(ACCESS_DENIED, "access_denied", 400)                                                         \
    X(AUTHORIZATION_PENDING, "authorization_pending", 400)                                         \
    X(SLOW_DOWN, "slow_down", 400)                                                                 \
    X(EXPIRED_TOKEN, "expired_token", 400)                                                         \
    X(INVALID_DPOP_PROOF, "invalid_dpop_proof", 400)                                               \
    X(USE_DPOP_NONCE, "use_dpop_nonce", 400)                                                       \
    X(INVALID_TOKEN, "invalid_token", 401)                                                         \
    X(INSUFFICIENT_SCOPE, "insufficient_scope", 403)                                               \
    X(LOGIN_REQUIRED, "login_required", 400)                                                       \
    X(CONSENT_REQUIRED, "consent_required", 400)                                                   \
    X(ACCOUNT_SELECTION_REQUIRED, "account_selection_required", 400)                               \
    X(REQUEST_NOT_SUPPORTED, "request_not_supported", 400)                                         \
    X(REQUEST_URI_NOT_SUPPORTED, "request_uri_not_supported", 400)                                 \
    X(INVALID_REQUEST_URI, "invalid_request_uri", 400)                                             \
    X(INVALID_REDIRECT_URI, "invalid_redirect_uri", 400)                                           \
    X(INVALID_CLIENT_METADATA, "invalid_client_metadata", 400)                                     \
    X(UNSUPPORTED_TOKEN_TYPE, "unsupported_token_type", 400)                                       \
    X(SERVER_ERROR, "server_error", 500)                                                           \
    X(TEMPORARILY_UNAVAILABLE, "temporarily_unavailable", 503)
/* clang-format on */

enum oauth_error {
#define X(name, word, status) OAUTH_##name,
    OAUTH_ERRORS(X)
#undef X
        OAUTH_ERRORS_COUNT
};

const char *oauth_error_word(enum oauth_error error);
int oauth_error_status(enum oauth_error error);

/* Sets the error. Always false. */
bool oauth_refuse(struct err *err, enum oauth_error error, const char *format, ...) PRINTF(3, 4);

/* What a failure is in the words of OAuth: what oauth_refuse() said, or for all the rest server_error
 * or temporarily_unavailable, whose story is not for the world. */
enum oauth_error oauth_error_of(const struct err *err);
bool oauth_is(const struct err *err, enum oauth_error error);
/* Appends {"error":"..","error_description":".."}. */
void oauth_error_write(struct str *out, const struct err *err);

#endif
