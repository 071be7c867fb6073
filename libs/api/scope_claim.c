#include "api/scope_claim.h"

bool scope_claim_read(const cJSON *claims, scope_set *ret_scopes, struct err *err)
{
    const char *text = json_member_text(claims, "scope");
    if (!json_member(claims, "scope")) {
        *ret_scopes = SCOPES_UNLIMITED;
        return true;
    }
    return (text && scopes_parse(text, ret_scopes)) ||
           err_set(err, ERR_UNAUTHENTICATED, "claims: scope is no list of known scopes");
}

bool scope_permit_request(const struct http_request *request, const char *service, scope_set scopes,
                          struct err *err)
{
    return scopes_permit_at(scopes, http_method_of(request), service, http_path_of(request)) ||
           err_set_key(err, ERR_FORBIDDEN, "authz.insufficient_scope",
                       "the scope of the token does not open this");
}
