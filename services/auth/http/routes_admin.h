/* routes_admin.h: the routes of those who run the platform, and of servers that sign their calls.
 * Tables end with method NULL; routes.c joins them. */
#ifndef AUTH_HTTP_ROUTES_ADMIN_H
#define AUTH_HTTP_ROUTES_ADMIN_H

#include "http/http.h"

extern const struct http_route admin_user_routes[];
extern const struct http_route admin_label_routes[];
extern const struct http_route admin_profile_routes[];
extern const struct http_route admin_permission_routes[];
extern const struct http_route admin_restriction_routes[];
extern const struct http_route admin_activity_routes[];
extern const struct http_route admin_catalog_routes[]; /* levels, abilities, metrics, API keys */

extern const struct http_route management_user_routes[];
extern const struct http_route management_label_routes[];
extern const struct http_route management_phone_routes[];
extern const struct http_route management_tool_routes[]; /* timestamp, otp, documents */
extern const struct http_route management_service_account_routes[];
extern const struct http_route management_api_key_routes[];

#endif
