/* resource_support.h: what the handlers of signed-in users have in common. */
#ifndef AUTH_HTTP_RESOURCE_SUPPORT_H
#define AUTH_HTTP_RESOURCE_SUPPORT_H

#include <stdbool.h>

#include "api/paging.h"
#include "auth/actions/call.h"
#include "auth/domain/mistakes.h"
#include "auth/domain/user.h"
#include "http/http.h"

/* The call, and a copy of the user that an action may change; false: the reply is made. */
bool resource_call(struct http_request *request, struct call *ret_call, struct user *ret_user);

/* The contract's answer of calls without an entity: the status as a number. */
void reply_number(struct http_request *request, int status, int number);

/* False: the reply is made: the codes of the mistakes, or the error. */
bool reply_unless(struct http_request *request, bool done, const struct mistakes *mistakes,
                  const struct err *err);

/* Total, Page, Per-Page and Link, for the path that the world sees. */
void resource_paging(struct http_request *request, const struct paging *paging, uint64_t total);

/* No memory for the answer: 503. */
void reply_no_memory(struct http_request *request);

#endif
