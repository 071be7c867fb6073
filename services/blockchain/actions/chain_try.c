#include "blockchain/actions/chain_try.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/main_network.h"

/* All of them together answer sooner than who asks gives up. */
enum { NODE_MS = 3000, ALL_MS = 10000, SERVER_SIZE = 1025 };

DEFINE_AUTO(struct providers, providers_free);
DEFINE_AUTO(struct provider_session, provider_session_close);

static const char separators[] = " ,";

static struct providers_spec spec_of(const struct blockchain *app,
                                     const struct chain_try_asked *asked,
                                     const struct chain_client *client, const char *servers)
{
    long own_ms = app->config->node_timeout_ms;
    return (struct providers_spec){.chain_key = asked->key,
                                   .client = client,
                                   .servers = servers,
                                   .timeout_ms = own_ms < NODE_MS ? own_ms : NODE_MS,
                                   .authorities = app->config->node_authorities,
                                   .clock = app->clock};
}

/* One server alone, so that none speaks for another. */
static void node_ask(const struct providers_spec *spec, struct chain_try_node *node)
{
    AUTO_FREE(providers_free) struct providers *providers = NULL;
    AUTO_FREE(provider_session_close) struct provider_session *session = NULL;
    struct chain_identity identity;
    struct provider_view view;
    struct err err;
    bool is_made = providers_new(spec, &providers, &err);
    node->is_ok = is_made && provider_session_open(providers, &session, &err) &&
                  providers_tip(session, &identity, &node->height, &err);
    if (is_made && providers_view(providers, &view, 1) == 1)
        memcpy(node->url, view.url, sizeof(node->url));
    if (!node->is_ok) {
        snprintf(node->reason, sizeof(node->reason), "%s", err.what);
        return;
    }
    memcpy(node->network, identity.network, sizeof(node->network));
    memcpy(node->software, identity.software, sizeof(node->software));
    node->is_syncing = identity.is_syncing;
    if (identity.is_syncing)
        snprintf(node->reason, sizeof(node->reason), "it is behind the chain, and knows it");
}

static void nodes_ask(const struct blockchain *app, const struct chain_try_asked *asked,
                      const struct chain_client *client, struct chain_tried *tried)
{
    int64_t until_us = clock_monotonic_us(app->clock) + 1000LL * ALL_MS;
    const char *at = asked->servers;
    while (*(at += strspn(at, separators)) && tried->nodes_count < PROVIDERS_MAX) {
        char server[SERVER_SIZE];
        size_t length = strcspn(at, separators);
        struct chain_try_node *node = &tried->nodes[tried->nodes_count++];
        *node = (struct chain_try_node){.height = 0};
        snprintf(server, sizeof(server), "%.*s", (int)length, at);
        const struct providers_spec spec = spec_of(app, asked, client, server);
        if (clock_monotonic_us(app->clock) < until_us)
            node_ask(&spec, node);
        else
            snprintf(node->reason, sizeof(node->reason),
                     "not asked: those before it took too long");
        at += length;
    }
}

/* ---- all of them together ---- */

PRINTF(3, 4)
static void reason_add(struct arena *arena, struct chain_tried *tried, const char *format, ...)
{
    char text[CHAIN_REASON_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    const char *kept = arena_strdup(arena, text);
    if (kept && tried->reasons_count < CHAIN_TRY_REASONS_MAX)
        tried->reasons[tried->reasons_count++] = kept;
}

static const struct chain_try_node *first_ok(const struct chain_tried *tried)
{
    for (size_t i = 0; i < tried->nodes_count; i++)
        if (tried->nodes[i].is_ok)
            return &tried->nodes[i];
    return NULL;
}

static void judge(struct blockchain *app, struct arena *arena, const struct chain_try_asked *asked,
                  const struct chain_client *client, size_t hosts, struct chain_tried *tried)
{
    const struct chain_try_node *first = first_ok(tried);
    struct chain *known = chains_find(app->chains, asked->key);
    char before[CHAIN_NETWORK_SIZE] = "";
    if (!first)
        return;
    for (size_t i = 0; i < tried->nodes_count; i++)
        if (tried->nodes[i].is_ok && strcmp(tried->nodes[i].network, first->network) != 0) {
            reason_add(arena, tried, "its nodes are of different networks: %s, %s", first->network,
                       tried->nodes[i].network);
            break;
        }
    if (known)
        chain_network(known, before);
    if (before[0] && strcmp(before, first->network) != 0)
        reason_add(arena, tried, "the chain of this key was first seen on %s, this is %s", before,
                   first->network);
    if (main_network_is(client, first->network) && hosts < 2 &&
        !main_network_is_listed(app->config->single_provider_allowed, asked->key))
        reason_add(arena, tried,
                   "a main network with one provider: name a second server, or list it in "
                   "SINGLE_PROVIDER_ALLOWED");
}

bool chain_try(struct blockchain *app, struct arena *arena, const struct chain_try_asked *asked,
               struct chain_tried *ret_tried, struct err *err)
{
    AUTO_FREE(providers_free) struct providers *all = NULL;
    const struct chain_client *client = chain_client_find(asked->client);
    *ret_tried = (struct chain_tried){.nodes_count = 0};
    if (!client)
        return err_set_key(err, ERR_INVALID, "blockchain.client.not_found", "no client %.32s",
                           asked->client);
    const struct providers_spec spec = spec_of(app, asked, client, asked->servers);
    struct err why;
    if (!providers_new(&spec, &all, &why)) {
        reason_add(arena, ret_tried, "%s", why.what);
        return true;
    }
    nodes_ask(app, asked, client, ret_tried);
    judge(app, arena, asked, client, providers_hosts(all), ret_tried);
    return true;
}
