/* routes_resource.h: the routes of signed-in users. Tables end with method NULL; routes.c joins them. */
#ifndef AUTH_HTTP_ROUTES_RESOURCE_H
#define AUTH_HTTP_ROUTES_RESOURCE_H

#include "http/http.h"

extern const struct http_route resource_user_routes[];
extern const struct http_route resource_label_routes[];
extern const struct http_route resource_profile_routes[];
extern const struct http_route resource_document_routes[]; /* and addresses */
extern const struct http_route resource_phone_routes[];
extern const struct http_route resource_otp_routes[];
extern const struct http_route resource_api_key_routes[];
extern const struct http_route resource_storage_routes[];
extern const struct http_route resource_service_account_routes[];

#endif
