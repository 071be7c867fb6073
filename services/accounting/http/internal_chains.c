/* /internal/chains: the catalog as the blockchain gateway needs it; it asks every few seconds. */
#include "accounting/actions/chains_document.h"
#include "accounting/http/context.h"
#include "accounting/http/routes_member.h"

struct chains_request {
    struct param_i64 version;
};

static const struct param chains_params[] = {
    {.name = "version",
     .kind = PARAM_I64,
     .offset = offsetof(struct chains_request, version),
     .doc = "What the caller has; 304 while it is current."},
    PARAM_END};

static void chains(struct http_request *request)
{
    const struct chains_request *asked = http_params(request);
    struct str *out = http_reply_builder(request);
    int64_t version;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!chains_document(db, request_app(request)->secrets, http_arena(request), out, &version,
                         &err))
        http_reply_err(request, &err);
    else if (asked->version.given && asked->version.value == version)
        http_reply_empty(request, 304);
    else
        http_reply_built(request, 200);
}

const struct http_route internal_chain_routes[] = {
    {.method = "GET",
     .path = "/api/v2/internal/chains",
     .mode = HTTP_WORKER,
     .handler = chains,
     .params = chains_params,
     .params_size = sizeof(struct chains_request),
     .access = ACCESS_INTERNAL,
     .class_name = "internal.chains",
     .tag = "internal",
     .doc = "Chains with their nodes, assets, wallets and contracts."},
    {.method = NULL}};
