/*
 * oauth_support.h: what the endpoints of the provider share. They are called by clients directly, not
 * behind authz, and speak OAuth's form of requests, answers and errors instead of the platform's:
 * parameters come as a form, each at most once, an empty one is an absent one.
 */
#ifndef AUTH_HTTP_OAUTH_SUPPORT_H
#define AUTH_HTTP_OAUTH_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/actions/call.h"
#include "auth/actions/oauth_bearer.h"
#include "auth/actions/oauth_register.h"
#include "auth/store/oauth_clients.h"
#include "base/err.h"
#include "http/http.h"

/* A row of a table of parameters: any text, at most once. */
#define OAUTH_TEXT(form, field, said)                                                              \
    {                                                                                              \
        .name = #field, .kind = PARAM_TEXT, .offset = offsetof(form, field), .doc = said           \
    }

/* The parameters by which a client says who it is; `form` has a member client of this struct. */
struct oauth_client_form {
    const char *client_id, *client_secret, *client_assertion_type, *client_assertion;
};
#define OAUTH_CLIENT_TEXT(form, field, said)                                                       \
    {                                                                                              \
        .name = #field, .kind = PARAM_TEXT, .offset = offsetof(form, client.field), .doc = said    \
    }
#define OAUTH_CLIENT_ROWS(form)                                                                    \
    OAUTH_CLIENT_TEXT(form, client_id, "The client; not with Basic authentication."),              \
        OAUTH_CLIENT_TEXT(form, client_secret, "Its secret (client_secret_post)."),                \
        OAUTH_CLIENT_TEXT(form, client_assertion_type,                                             \
                          "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),               \
        OAUTH_CLIENT_TEXT(form, client_assertion, "Its assertion (private_key_jwt).")

/* Makes empty texts of the form NULL, and refuses parameters that are there twice. `form` is what
 * http_params() gave, copied. OAUTH_INVALID_REQUEST. */
bool oauth_form_clean(struct http_request *request, void *form, struct err *err) MUST_CHECK;
/* The same for what must be a form in the body and nothing in the address. */
bool oauth_body_clean(struct http_request *request, void *form, struct err *err) MUST_CHECK;

/* The client of the request. `endpoint`: the path of this route. */
bool oauth_client_enter(struct http_request *request, struct call *call,
                        const struct oauth_client_form *form, struct oauth_client_row *ret_row,
                        struct err *err) MUST_CHECK;
/* The key of the DPoP proof of the request, in the arena; NULL: there is none. access_token: the one
 * that goes with it; NULL: none. */
bool oauth_proof_enter(struct http_request *request, struct call *call, const char *access_token,
                       const char **ret_jkt, struct err *err) MUST_CHECK;
/* The access token of the request: by Bearer or DPoP, or as a parameter of a form. The failure is
 * replied with oauth_reply_bearer_err(). body_token: NULL: not there. */
bool oauth_bearer_of(struct http_request *request, struct call *call, const char *body_token,
                     struct oauth_bearer *ret_bearer, struct err *err) MUST_CHECK;

/* Cache-Control and Pragma of everything that holds a secret. */
void oauth_no_store(struct http_request *request);
/* The client, as RFC 7591 has it. */
void oauth_reply_registered(struct http_request *request, int status,
                            const struct oauth_registered *registered);
void oauth_reply_err(struct http_request *request, const struct err *err);
/* With WWW-Authenticate as RFC 6750 and 9449 have it; scope: what was needed; NULL: not said. */
void oauth_reply_bearer_err(struct http_request *request, const struct err *err, const char *scope);

#endif
