#include "blockchain/actions/block_opinion.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/main_network.h"
#include "blockchain/actions/second_opinion.h"

enum { OPINION_ARENA_BYTES_MAX = 256 << 20 };

DEFINE_AUTO(struct arena, arena_free);

struct question {
    uint64_t height;
    char hash[CHAIN_HASH_SIZE];
};

static bool ask_hash(struct node *node, void *arg, struct err *err)
{
    struct question *question = arg;
    return node->client->family->block_hash(node, question->height, question->hash, err);
}

static bool disagree(const char *what, uint64_t height, struct err *err)
{
    return err_set(err, ERR_PROTOCOL, "second opinion: two providers %s at %llu, and it holds much",
                   what, (unsigned long long)height);
}

static bool is_due(const struct block_step *step, const struct block_haul *haul)
{
    char network[CHAIN_NETWORK_SIZE];
    chain_network(step->chain, network);
    if (!second_opinion_is_due(step->app->config->second_opinion,
                               main_network_is(step->chain->client, network), haul))
        return false;
    pthread_mutex_lock(&step->chain->lock);
    size_t count = providers_hosts(step->chain->providers);
    pthread_mutex_unlock(&step->chain->lock);
    return count > 1;
}

bool block_opinion(const struct block_step *step, struct provider_session *session,
                   struct block_haul *haul, const char *only_txid, struct err *err)
{
    const struct block_head *head = &haul->head;
    struct question question = {.height = head->height};
    if (!is_due(step, haul))
        return true;
    AUTO_FREE(arena_free) struct arena *arena = arena_new(OPINION_ARENA_BYTES_MAX);
    if (!arena)
        return err_set(err, ERR_INTERNAL, "no memory for a second opinion");
    struct block_haul opinion = {.arena = arena, .chain = step->chain};
    if (!providers_ask_other(session, ask_hash, &question, err))
        return err_wrap(err, "second opinion on block %llu", (unsigned long long)head->height);
    if (strcmp(question.hash, head->hash) != 0)
        return disagree("have different blocks", head->height, err);
    /* The logs of an Ethereum-like node are its word alone, whatever the hash of the block is. */
    if (!block_haul_read_other(&opinion, session, step->entry, head->height, head->hash, only_txid,
                               err))
        return err_wrap(err, "second opinion on block %llu", (unsigned long long)head->height);
    if (!second_opinion_agrees(haul, &opinion))
        return disagree("find different transfers", head->height, err);
    return block_haul_claims_take(haul, &opinion, err);
}
