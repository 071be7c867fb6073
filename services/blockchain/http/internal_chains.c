/* /internal/chains: how the chains are. */
#include "blockchain/http/chain_request.h"
#include "blockchain/http/chain_view.h"
#include "blockchain/http/context.h"
#include "blockchain/http/routes_internal.h"

static const struct param chain_params[] = {{.name = "key",
                                             .kind = PARAM_TEXT,
                                             .offset = offsetof(struct chain_request, key),
                                             .flags = PARAM_IN_PATH | PARAM_REQUIRED,
                                             .doc = "Key of the chain."},
                                            PARAM_END};

static void no_memory(struct http_request *request)
{
    struct err err;
    err_set(&err, ERR_BUSY, "no memory for a request");
    http_reply_err(request, &err);
}

static void list(struct http_request *request)
{
    struct chains *chains = request_app(request)->chains;
    size_t count = chains_count(chains);
    struct chain_shown *rows = arena_alloc(http_arena(request), (count + 1) * sizeof(*rows));
    for (size_t i = 0; rows && i < count; i++)
        if (!chain_show(chains_at(chains, i), http_arena(request), &rows[i]))
            rows = NULL;
    if (rows)
        http_reply_array(request, chain_fields, rows, count, sizeof(*rows));
    else
        no_memory(request);
}

static void show(struct http_request *request)
{
    const struct chain_request *asked = http_params(request);
    struct chain *chain = request_chain(request, asked->key);
    struct chain_shown shown;
    if (!chain)
        return;
    if (chain_show(chain, http_arena(request), &shown))
        http_reply_object(request, chain_fields, &shown);
    else
        no_memory(request);
}

struct height_shown {
    uint64_t height;
};
static const struct json_field height_fields[] = {
    {"height", JSON_U64, offsetof(struct height_shown, height), .doc = "Height of the tip."},
    {NULL},
};

static void latest_block(struct http_request *request)
{
    const struct chain_request *asked = http_params(request);
    struct chain *chain = request_chain(request, asked->key);
    if (!chain)
        return;
    const struct height_shown shown = {.height = chain->tip};
    struct err err;
    if (shown.height > 0) {
        http_reply_object(request, height_fields, &shown);
        return;
    }
    err_set_key(&err, ERR_PEER_UNAVAILABLE, "blockchain.node.unavailable",
                "%s: no node has answered yet", chain->key);
    http_reply_err(request, &err);
}

#define READ(rest)                                                                                 \
    .method = "GET", .path = "/internal/chains" rest, .mode = HTTP_INLINE, .access = ACCESS_READ,  \
    .class_name = "blockchain.chain", .tag = "internal"
#define OF_CHAIN .params = chain_params, .params_size = sizeof(struct chain_request)

const struct http_route internal_chain_routes[] = {
    {READ(""), .handler = list, .reply = chain_fields, .reply_is_array = true,
     .doc = "The chains, and how they are."},
    {READ("/:key"), OF_CHAIN, .handler = show, .reply = chain_fields, .doc = "One of them."},
    {READ("/:key/latest_block"), OF_CHAIN, .handler = latest_block, .reply = height_fields,
     .doc = "Height of the best node."},
    {.method = NULL}};
