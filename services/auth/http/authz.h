/* authz.h: the question of the edge, /api/v2/auth/PATH with any verb, on its way through the hooks:
 * the answer is found before the handler, on a worker thread if it must. */
#ifndef AUTH_HTTP_AUTHZ_H
#define AUTH_HTTP_AUTHZ_H

#include "auth/actions/authz.h"
#include "base/err.h"
#include "http/http.h"

/* For context_before(): `db` is NULL on the loop thread. As a hook: false with `err`, also to come back
 * on a worker thread. */
bool authz_enter(struct http_request *request, struct db *db, struct authz_answer *ret_answer,
                 struct err *err) MUST_CHECK;

#endif
