/* oauth_browser.h: what the pages of a flow share: the browser's cookie, who sits there, the way back
 * to the client. */
#ifndef AUTH_HTTP_OAUTH_BROWSER_H
#define AUTH_HTTP_OAUTH_BROWSER_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/actions/oauth_flow.h"
#include "base/err.h"
#include "http/http.h"

/* The secret that binds a flow to the browser; a new one, with its cookie, if there is none. */
const char *browser_secret(struct http_request *request);
/* The one that is there; NULL: none. */
const char *browser_secret_of(struct http_request *request);

/* Who sits at the browser, by the session cookie. */
bool browser_person(struct http_request *request, struct call *call,
                    struct oauth_person *ret_person, struct err *err) MUST_CHECK;

/* A redirect within our own pages: path?flow=handle. */
void browser_go(struct http_request *request, const char *path, const char *handle);
void browser_redirect(struct http_request *request, const char *address);

/* The answer of an authorization request to its client: a code, or an error (code NULL). */
void browser_answer(struct http_request *request, const struct oauth_request *asked,
                    const char *code, const struct err *err);

#endif
