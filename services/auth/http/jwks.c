#include "auth/actions/auth.h"
#include "auth/http/access.h"
#include "auth/http/context.h"
#include "auth/http/routes_authz.h"
#include "auth/state/signing.h"
#include "base/auto.h"

enum { STATUS_OK = 200 };

static void show_keys(struct http_request *request)
{
    AUTO(str_release) struct str text = STR_INIT(TOKEN_JWKS_BYTES_MAX);
    signing_jwks(request_app(request)->signing, &text);
    /* Shorter than a new key is published before it signs. */
    http_reply_header(request, "Cache-Control", "public, max-age=60");
    http_reply_text(request, STATUS_OK, str_data(&text), text.length);
}

const struct http_route jwks_routes[] = {
    {.method = "GET",
     .path = "/.well-known/jwks.json",
     .mode = HTTP_INLINE,
     .handler = show_keys,
     .access = ACCESS_PUBLIC,
     .tag = "keys",
     .doc = "The public keys of our tokens (RFC 7517)."},
    {.method = NULL},
};
