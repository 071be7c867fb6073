/*
 * oauth_params.h: an authorization request: its parameters as text, the rules about them, and the form
 * in which one waits in a table (pushed, or while the person signs in). Pure; texts live in the arena.
 *
 * The order of the rules matters: before client and redirect address are known to belong together,
 * nothing may be sent to that address (no open redirect). So oauth_params_check() is for what comes
 * after: every failure of it is reported by redirect.
 */
#ifndef AUTH_DOMAIN_OAUTH_PARAMS_H
#define AUTH_DOMAIN_OAUTH_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/oauth_client.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { OAUTH_PARAM_BYTES_MAX = 2048, OAUTH_STATE_BYTES_MAX = 1024, OAUTH_PARAMS_BYTES_MAX = 16384 };

/* The parameters that we know; each may be there once. */
/* clang-format off */
#define OAUTH_PARAMS(X)                                                                            \
    X(client_id) X(response_type) X(redirect_uri) X(scope) X(state) X(response_mode)               \
    X(code_challenge) X(code_challenge_method) X(nonce) X(prompt) X(max_age) X(login_hint)         \
    X(id_token_hint) X(acr_values) X(resource) X(dpop_jkt) X(request) X(request_uri)
/* clang-format on */

struct oauth_params {
#define X(name) const char *name; /* NULL: absent */
    OAUTH_PARAMS(X)
#undef X
};

struct oauth_param_row {
    const char *name;
    size_t offset; /* of its `const char *` */
};
extern const struct oauth_param_row oauth_param_rows[]; /* ends with name NULL */

enum oauth_response_mode { RESPONSE_QUERY, RESPONSE_FRAGMENT, RESPONSE_FORM_POST };

enum { PROMPT_NONE = 1, PROMPT_LOGIN = 2, PROMPT_CONSENT = 4, PROMPT_SELECT_ACCOUNT = 8 };

/* What the texts mean, once they were found good. */
struct oauth_ask {
    scope_set scopes;
    unsigned prompt;
    int64_t max_age_s; /* -1: not given */
    enum oauth_response_mode mode;
};

/* How to answer: needed for failures too, so it is read before everything else. OAUTH_INVALID_REQUEST
 * (then answer by query). */
bool oauth_response_mode_read(const struct oauth_params *params, enum oauth_response_mode *ret_mode,
                              struct err *err) MUST_CHECK;

/* All rules behind client and redirect address. pushed: it came by the back channel. */
bool oauth_params_check(const struct oauth_params *params, const struct oauth_client *client,
                        bool pushed, struct oauth_ask *ret_ask, struct err *err) MUST_CHECK;

void oauth_params_write(struct str *out, const struct oauth_params *params); /* a JSON object */
bool oauth_params_read(struct arena *arena, const char *json, struct oauth_params *ret_params,
                       struct err *err) MUST_CHECK;

#endif
