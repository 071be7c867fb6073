/* /internal/chains/try: what the nodes of a chain say before anybody saves it. */
#include "blockchain/actions/chain_try.h"
#include "blockchain/http/context.h"
#include "blockchain/http/routes_internal.h"

enum { SERVERS_CHARS_MAX = 1024 };

#define AT(member) offsetof(struct chain_try_asked, member)
static const struct param try_params[] = {
    {.name = "key",
     .kind = PARAM_TEXT,
     .offset = AT(key),
     .flags = PARAM_REQUIRED,
     .doc = "Key that the chain is to have."},
    {.name = "client",
     .kind = PARAM_TEXT,
     .offset = AT(client),
     .flags = PARAM_REQUIRED,
     .doc = "Its client."},
    {.name = "servers",
     .kind = PARAM_TEXT,
     .offset = AT(servers),
     .flags = PARAM_REQUIRED | PARAM_RANGE,
     .max = SERVERS_CHARS_MAX,
     .length_code = "blockchain.servers.too_long",
     .doc = "Addresses of its nodes, between blanks or commas."},
    PARAM_END};
#undef AT

struct node_shown {
    const char *url, *network, *software, *reason;
    uint64_t height;
    bool ok, syncing;
};
#define AT(member) offsetof(struct node_shown, member)
static const struct json_field node_fields[] = {
    {"url", JSON_TEXT, AT(url), .doc = "Address, without credentials."},
    {"ok", JSON_BOOL, AT(ok), .doc = "It answered."},
    {"network", JSON_TEXT, AT(network), .doc = "Its network; Ethereum-like: the chain id."},
    {"height", JSON_U64, AT(height), .doc = "Height of its tip."},
    {"syncing", JSON_BOOL, AT(syncing), .doc = "It knows that it is behind."},
    {"software", JSON_TEXT, AT(software), .doc = "What it is."},
    {"reason", JSON_TEXT, AT(reason), .doc = "What is wrong with it."},
    {NULL},
};
#undef AT

struct tried_shown {
    const struct node_shown *nodes;
    size_t nodes_count;
    const char *const *reasons;
    size_t reasons_count;
};
#define AT(member) offsetof(struct tried_shown, member)
static const struct json_field tried_fields[] = {
    {.key = "nodes",
     .kind = JSON_ARRAY,
     .offset = AT(nodes),
     .sub = node_fields,
     .sub_size = sizeof(struct node_shown),
     .count_offset = AT(nodes_count),
     .doc = "What each of them says."},
    {.key = "reasons",
     .kind = JSON_TEXT_ARRAY,
     .offset = AT(reasons),
     .count_offset = AT(reasons_count),
     .doc = "What is wrong with all of them together."},
    {NULL},
};
#undef AT

static void chain_try_show(struct http_request *request)
{
    struct chain_tried tried;
    struct node_shown nodes[PROVIDERS_MAX];
    struct err err;
    if (!chain_try(request_app(request), http_arena(request), http_params(request), &tried, &err)) {
        http_reply_err(request, &err);
        return;
    }
    for (size_t i = 0; i < tried.nodes_count; i++) {
        const struct chain_try_node *node = &tried.nodes[i];
        nodes[i] = (struct node_shown){.url = node->url,
                                       .ok = node->is_ok,
                                       .network = node->is_ok ? node->network : NULL,
                                       .height = node->height,
                                       .syncing = node->is_syncing,
                                       .software = node->is_ok ? node->software : NULL,
                                       .reason = node->reason[0] ? node->reason : NULL};
    }
    const struct tried_shown shown = {.nodes = nodes,
                                      .nodes_count = tried.nodes_count,
                                      .reasons = tried.reasons,
                                      .reasons_count = tried.reasons_count};
    http_reply_object(request, tried_fields, &shown);
}

const struct http_route internal_try_routes[] = {
    {.method = "POST",
     .path = "/internal/chains/try",
     .mode = HTTP_WORKER,
     .access = ACCESS_SPEND,
     .class_name = "blockchain.chain",
     .tag = "internal",
     .status = 200,
     .handler = chain_try_show,
     .params = try_params,
     .params_size = sizeof(struct chain_try_asked),
     .reply = tried_fields,
     .doc = "Ask the nodes of a chain before it is saved. Nothing is changed."},
    {.method = NULL}};
