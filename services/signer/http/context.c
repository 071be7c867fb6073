#include "signer/http/context.h"

#include <string.h>

#include "api/service_keys.h"
#include "signer/actions/signer.h"

static const char caller[] = "blockchain";

struct signer *request_signer(const struct http_request *request)
{
    return http_app(request);
}

bool context_before(struct http_request *request, const struct http_route *route, struct err *err)
{
    struct signer *app = request_signer(request);
    struct service_peer peer;
    (void)route;
    if (!token_cache_get(service_keys_tokens(app->services), app->clock,
                         http_header(request, "Authorization"), &peer, err))
        return false;
    return strcmp(peer.name, caller) == 0 ||
           err_set_key(err, ERR_FORBIDDEN, "signer.caller.not_permitted", "%s may not ask",
                       peer.name);
}
