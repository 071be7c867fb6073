/*
 * routes.c: every request that auth answers. Open this first, consumers.c second.
 *
 * A new endpoint: its field tables and parameters, an action with its test, the handler in http/, a
 * row in the table of its group, `make docs`.
 */
#include "auth/routes.h"

#include <string.h>

#include "auth/http/routes_admin.h"
#include "auth/http/routes_authz.h"
#include "auth/http/routes_factors.h"
#include "auth/http/routes_mail.h"
#include "auth/http/routes_oauth.h"
#include "auth/http/routes_public.h"
#include "auth/http/routes_resource.h"
#include "auth/openapi.h"

static const struct http_route *const groups[] = {
    /* Everybody. */
    public_routes,
    kyc_routes,
    identity_session_routes,
    identity_user_routes,
    factor_identity_routes,
    factor_reset_routes,
    /* Who is signed in. */
    resource_user_routes,
    resource_label_routes,
    resource_profile_routes,
    resource_document_routes,
    resource_phone_routes,
    resource_otp_routes,
    resource_api_key_routes,
    resource_storage_routes,
    resource_service_account_routes,
    factor_resource_routes,
    oauth_resource_routes,
    factor_step_up_routes,
    /* The operators. */
    admin_user_routes,
    admin_label_routes,
    admin_profile_routes,
    admin_permission_routes,
    admin_restriction_routes,
    admin_activity_routes,
    admin_catalog_routes,
    oauth_admin_routes,
    /* Other servers. */
    management_user_routes,
    management_label_routes,
    management_phone_routes,
    management_tool_routes,
    management_service_account_routes,
    management_api_key_routes,
    /* Our own services. */
    internal_otp_routes,
    /* The edge, and who verifies our tokens. */
    authz_routes,
    jwks_routes,
    /* OAuth clients. */
    oauth_metadata_routes,
    oauth_authorize_routes,
    oauth_device_routes,
    oauth_token_routes,
    oauth_logout_routes,
    oauth_register_routes,
    /* Documents. */
    openapi_routes,
};
/* AUTH_ROLE=mail: the mails of the local stack. */
static const struct http_route *const mail_groups[] = {outbox_routes};

static size_t join(const struct http_route *const *tables, size_t tables_count,
                   struct http_route *routes)
{
    size_t count = 0;
    for (size_t i = 0; i < tables_count; i++)
        for (const struct http_route *route = tables[i]; route->method; route++) {
            assert(count < ROUTES_MAX - 1);
            memcpy(&routes[count++], route, sizeof(*route));
        }
    memset(&routes[count], 0, sizeof(routes[count]));
    return count;
}

size_t auth_routes(struct http_route *routes)
{
    return join(groups, ARRAY_LEN(groups), routes);
}

size_t auth_mail_routes(struct http_route *routes)
{
    return join(mail_groups, ARRAY_LEN(mail_groups), routes);
}
