/*
 * scope_claim.h: the claim `scope` of a session JWT, where a service believes such tokens: what the
 * edge let through is judged once more by whoever does it (contract/scope.h has the table).
 */
#ifndef API_SCOPE_CLAIM_H
#define API_SCOPE_CLAIM_H

#include <stdbool.h>

#include "base/err.h"
#include "contract/scope.h"
#include "http/http.h"
#include "json/read.h"

/* Without the claim: SCOPES_UNLIMITED. ERR_UNAUTHENTICATED: it is no list of known scopes. */
bool scope_claim_read(const cJSON *claims, scope_set *ret_scopes, struct err *err) MUST_CHECK;

/* Whether the set opens this request; `service`: our name at the edge. ERR_FORBIDDEN. */
bool scope_permit_request(const struct http_request *request, const char *service, scope_set scopes,
                          struct err *err) MUST_CHECK;

#endif
