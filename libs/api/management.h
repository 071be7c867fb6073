/*
 * management.h: the management API: calls of other servers, signed by one or several of them
 * (reference of accounting 6.4, of auth 1.5). The body is a JWS in general JSON form; its payload is a claim set whose member
 * `data` becomes the parameters of the route.
 *
 * A route names its scope in `subject`; the configuration says who may sign for a scope and who
 * must. The file (YAML):
 *
 *     keychain: {SIGNER: {algorithm: ES256, value: URLSAFE-BASE64-OF-PEM}}
 *     jwt: {iss: applogic, aud: [peatio], leeway: 0, iat_leeway: 0, verify_iss: true}
 *     scopes: {read_accounts: {permitted_signers: [SIGNER], mandatory_signers: [SIGNER]}}
 *
 * Options of `jwt` have ruby-jwt's names. Claims exp (unless verify_expiration is false), iat and
 * jti are required. A signed document is good for one call: its jti is remembered until it expires,
 * in a bounded table of this process. Everything else is immutable once read; any thread may
 * verify.
 */
#ifndef API_MANAGEMENT_H
#define API_MANAGEMENT_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "http/http.h"

struct management;

enum { MANAGEMENT_SIGNERS_MAX = 16, MANAGEMENT_SCOPES_MAX = 64, MANAGEMENT_JTI_MAX = 100000 };

/* ERR_CONFIG with file and line. */
bool management_open(const char *path, struct management **ret_management, struct err *err)
    MUST_CHECK;
bool management_read_text(const char *text, size_t length, struct management **ret_management,
                          struct err *err) MUST_CHECK;
void management_close(struct management *management); /* NULL is fine */

/* What a signed body says, for one scope: the claims, checked; `data` of them is appended to
 * ret_data. ERR_UNAUTHENTICATED, ERR_BODY_INVALID, with the sentence of the contract as key. */
bool management_verify(struct management *management, const char *scope, const struct clock *clock,
                       const char *body, size_t length, struct str *ret_data, struct err *err)
    MUST_CHECK;

/* Where the contracts of our services differ. */
struct management_words {
    const char *verbs;      /* "POST PUT DELETE": the verbs that the API has */
    const char *not_a_verb; /* the sentence about any other: 405 */
    const char *not_found;  /* the sentence about a row that is not there: 404 */
    bool one_form;          /* business failures too are {"error":"key"}, not {"errors":["key"]} */
};

/* Part of the service's `before` for routes of the management API: query, Content-Type, signatures;
 * then the parameters of the request are those of the signed data. `management` NULL: nobody may
 * sign. */
bool management_before(struct management *management, struct http_request *request,
                       const struct http_route *route, struct err *err) MUST_CHECK;

/* For paths of the management API that no route knows: the verb comes first there. */
bool management_unknown(struct http_request *request, const struct management_words *words,
                        struct err *err) MUST_CHECK;

/* Whether the path of the request is below the management prefix: errors there have another form. */
bool management_is_path(const struct http_request *request);

/* For the hooks of struct http_server_spec: what is written below the management prefix; elsewhere
 * nothing, which leaves the default. Errors are {"error":"sentence"}, business failures
 * {"errors":["code"]}, codes of parameters {"error":"page is invalid, limit is missing"}: their
 * tables hold the sentences. */
void management_error_body(struct http_request *request, const struct management_words *words,
                           const struct err *err, struct str *out);
void management_codes_body(struct http_request *request, const char *const *codes, size_t count,
                           struct str *out);

#endif
