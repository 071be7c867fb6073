/* /internal/chains: how the chains are, and what may be done with them. */
#include "blockchain/http/chain_control.h"
#include "blockchain/http/chain_view.h"
#include "blockchain/http/context.h"
#include "blockchain/http/routes_internal.h"

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
#define CHANGE(rest)                                                                               \
    .method = "POST", .path = "/internal/chains/:key" rest, .mode = HTTP_WORKER,                   \
    .access = ACCESS_SPEND, .class_name = "blockchain.chain", .tag = "internal", .status = 200
#define OF_CHAIN .params = chain_key_params, .params_size = sizeof(struct chain_request)

const struct http_route internal_chain_routes[] = {
    {READ(""), .handler = chain_list, .reply = chain_fields, .reply_is_array = true,
     .doc = "The chains, and how they are."},
    {READ("/:key"), OF_CHAIN, .handler = chain_get, .reply = chain_fields, .doc = "One of them."},
    {READ("/:key/latest_block"), OF_CHAIN, .handler = latest_block, .reply = height_fields,
     .doc = "Height of the best node."},
    {CHANGE("/blocks/:height/scan"), .handler = chain_scan, .params = scan_params,
     .params_size = sizeof(struct scan_form), .reply = scan_fields,
     .doc = "Look at a block again; what is known already stays as it is."},
    {CHANGE("/pause"), OF_CHAIN, .handler = chain_pause, .reply = pause_fields,
     .doc = "Stop following the chain."},
    {CHANGE("/resume"), OF_CHAIN, .handler = chain_resume, .reply = pause_fields,
     .doc = "Follow it again, from where it stopped."},
    {.method = NULL}};
