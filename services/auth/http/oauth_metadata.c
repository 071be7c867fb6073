/* What the provider can do: RFC 8414 and OpenID Connect Discovery, one document at two places. */
#include "auth/actions/oauth.h"
#include "auth/domain/oauth_client.h"
#include "auth/domain/oauth_methods.h"
#include "contract/scope.h"
#include "auth/http/context.h"
#include "auth/http/oauth_support.h"
#include "auth/http/routes_oauth.h"
#include "auth/state/config.h"
#include "base/auto.h"
#include "json/field.h"

#include <string.h>

static const struct {
    const char *member, *path;
} endpoints[] = {
    {"authorization_endpoint", "/oauth2/auth"},
    {"token_endpoint", "/oauth2/token"},
    {"jwks_uri", "/.well-known/jwks.json"},
    {"userinfo_endpoint", "/oauth2/userinfo"},
    {"introspection_endpoint", "/oauth2/introspect"},
    {"revocation_endpoint", "/oauth2/revoke"},
    {"pushed_authorization_request_endpoint", "/oauth2/par"},
    {"device_authorization_endpoint", "/oauth2/device/auth"},
    {"end_session_endpoint", "/oauth2/sessions/logout"},
};

/* Lists that never change. */
#define ALGORITHMS "[\"RS256\",\"PS256\",\"ES256\",\"ES384\",\"ES512\",\"EdDSA\"]"
#define METHODS "[\"client_secret_basic\",\"client_secret_post\",\"private_key_jwt\"]"
static const struct {
    const char *member, *json;
} facts[] = {
    {"response_types_supported", "[\"code\"]"},
    {"response_modes_supported", "[\"query\",\"fragment\",\"form_post\"]"},
    {"subject_types_supported", "[\"public\"]"},
    {"code_challenge_methods_supported", "[\"S256\"]"},
    {"token_endpoint_auth_methods_supported",
     "[\"client_secret_basic\",\"client_secret_post\",\"private_key_jwt\",\"none\"]"},
    {"introspection_endpoint_auth_methods_supported", METHODS},
    {"revocation_endpoint_auth_methods_supported",
     "[\"client_secret_basic\",\"client_secret_post\",\"private_key_jwt\",\"none\"]"},
    {"token_endpoint_auth_signing_alg_values_supported", ALGORITHMS},
    {"introspection_endpoint_auth_signing_alg_values_supported", ALGORITHMS},
    {"revocation_endpoint_auth_signing_alg_values_supported", ALGORITHMS},
    {"dpop_signing_alg_values_supported", ALGORITHMS},
    {"claims_supported",
     "[\"iss\",\"sub\",\"aud\",\"exp\",\"iat\",\"auth_time\",\"nonce\",\"acr\",\"amr\",\"azp\","
     "\"at_hash\",\"sid\",\"email\",\"email_verified\",\"preferred_username\",\"given_name\","
     "\"family_name\",\"birthdate\",\"address\",\"phone_number\",\"phone_number_verified\","
     "\"role\","
     "\"level\",\"state\",\"referral_uid\"]"},
    {"acr_values_supported", "[\"" OAUTH_ACR_ONE "\",\"" OAUTH_ACR_TWO "\"]"},
    {"prompt_values_supported", "[\"none\",\"login\",\"consent\",\"select_account\"]"},
    {"authorization_response_iss_parameter_supported", "true"},
    {"backchannel_logout_supported", "true"},
    {"backchannel_logout_session_supported", "true"},
    {"claims_parameter_supported", "false"},
    {"request_parameter_supported", "false"},
    {"request_uri_parameter_supported", "false"},
    {"require_pushed_authorization_requests", "false"},
};

static void address_add(struct str *out, const struct auth *app, const char *member,
                        const char *path)
{
    AUTO(str_release) struct str address = STR_INIT(2048);
    oauth_address(app, path, &address);
    str_add_format(out, ",\"%s\":", member);
    json_write_string(out, str_data(&address));
}

static void metadata(struct http_request *request)
{
    const struct auth *app = request_app(request);
    struct str *out = http_reply_builder(request);
    str_add(out, "{\"issuer\":");
    json_write_string(out, oauth_issuer(app));
    for (size_t i = 0; i < ARRAY_LEN(endpoints); i++)
        address_add(out, app, endpoints[i].member, endpoints[i].path);
    if (strcmp(app->config->oauth_registration, "open") == 0)
        address_add(out, app, "registration_endpoint", "/oauth2/register");
    str_add(out, ",\"scopes_supported\":[");
    for (unsigned i = 0; i < SCOPES_COUNT; i++)
        str_add_format(out, "%s\"%s\"", i ? "," : "", scope_word((enum scope)i));
    str_add(out, "],\"grant_types_supported\":[");
    for (unsigned i = 0; i < OAUTH_GRANT_TYPES_COUNT; i++)
        str_add_format(out, "%s\"%s\"", i ? "," : "",
                       oauth_grant_type_word((enum oauth_grant_type)i));
    str_add_format(out, "],\"id_token_signing_alg_values_supported\":[\"%s\"]",
                   oauth_algorithm(app));
    for (size_t i = 0; i < ARRAY_LEN(facts); i++)
        str_add_format(out, ",\"%s\":%s", facts[i].member, facts[i].json);
    str_add_char(out, '}');
    http_reply_header(request, "Cache-Control", "public, max-age=300");
    http_reply_built(request, 200);
}

#define ROUTE                                                                                      \
    .method = "GET", .mode = HTTP_INLINE, .handler = metadata, .access = ACCESS_PUBLIC,            \
    .tag = "oauth2"
const struct http_route oauth_metadata_routes[] = {
    {.path = "/.well-known/openid-configuration", ROUTE, .doc = "OpenID Connect Discovery."},
    {.path = "/.well-known/oauth-authorization-server", ROUTE, .doc = "RFC 8414."},
    {.method = NULL}};
