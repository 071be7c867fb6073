/* session_of.h: the session of a signed-in browser, for routes that are dangerous. */
#ifndef AUTH_HTTP_SESSION_OF_H
#define AUTH_HTTP_SESSION_OF_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/session.h"
#include "http/http.h"

/* request_call(), and the session of the cookie; false: the reply is made. HTTP_WORKER or HEAVY. */
bool request_session(struct http_request *request, struct call *ret_call,
                     struct session *ret_session);
/* And who he is was shown lately (actions/step_up.h). */
bool request_stepped_up(struct http_request *request, struct call *ret_call,
                        struct session *ret_session);

#endif
