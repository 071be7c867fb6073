#include "blockchain/actions/block_scan.h"

#include "base/auto.h"
#include "blockchain/actions/block_opinion.h"
#include "blockchain/actions/block_take.h"

enum { HAUL_ARENA_BYTES_MAX = 256 << 20, STEP_ARENA_BYTES_MAX = 64 << 20 };

DEFINE_AUTO(struct arena, arena_free);

struct hash_question {
    uint64_t height;
    char hash[CHAIN_HASH_SIZE];
};

static bool ask_hash(struct node *node, void *arg, struct err *err)
{
    struct hash_question *question = arg;
    return node->client->family->block_hash(node, question->height, question->hash, err);
}

static bool scan(const struct block_step *step, struct block_haul *haul, struct db *db,
                 struct provider_session *session, uint64_t height, struct err *err)
{
    struct chain_row row;
    struct hash_question question = {.height = height};
    if (!chain_row_get(db, step->chain->key, step->chain->client->name,
                       clock_now_us(step->app->clock), &row, err))
        return false;
    if (!row.has_height || height > row.height)
        return err_set_key(err, ERR_STATE_CONFLICT, "blockchain.block.not_taken",
                           "block %llu was not taken in yet", (unsigned long long)height);
    return providers_ask(session, ask_hash, &question, err) &&
           block_haul_read(haul, session, step->entry, height, question.hash, NULL, err) &&
           block_opinion(step, session, haul, NULL, err) && block_add(step, db, haul, &row, 0, err);
}

bool block_scan(struct blockchain *app, struct chain *chain, struct db *db,
                struct provider_session *session, uint64_t height, struct scan_result *ret_result,
                struct err *err)
{
    AUTO_FREE(arena_free) struct arena *haul_arena = arena_new(HAUL_ARENA_BYTES_MAX);
    AUTO_FREE(arena_free) struct arena *arena = arena_new(STEP_ARENA_BYTES_MAX);
    if (!haul_arena || !arena)
        return err_set(err, ERR_BUSY, "no memory to look at a block");
    struct block_haul haul = {.arena = haul_arena, .chain = chain, .wants_unlisted = true};
    const struct catalogue *catalogue = catalogue_take(app->catalogues);
    struct block_step step = {.app = app,
                              .chain = chain,
                              .entry = catalogue_chain(catalogue, chain->key),
                              .arena = arena};
    bool ok = step.entry
                  ? scan(&step, &haul, db, session, height, err)
                  : err_set(err, ERR_STATE_CONFLICT, "%s is not in the catalogue", chain->key);
    catalogue_give_back(catalogue);
    if (!ok)
        return false;
    *ret_result = (struct scan_result){.height = height,
                                       .transactions = haul.head.transactions,
                                       .transfers = haul.transfers_count,
                                       .spends = haul.spends_count,
                                       .parked = haul.parked_count};
    snprintf(ret_result->hash, sizeof(ret_result->hash), "%s", haul.head.hash);
    return true;
}
