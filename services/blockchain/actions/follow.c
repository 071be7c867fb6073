#include "blockchain/actions/follow.h"

#include <stdlib.h>
#include <string.h>

#include "blockchain/actions/block_opinion.h"
#include "blockchain/actions/block_take.h"
#include "blockchain/actions/chain_pause.h"
#include "blockchain/actions/main_network.h"
#include "blockchain/actions/parked_retry.h"
#include "blockchain/actions/watch_load.h"
#include "blockchain/domain/fork.h"
#include "blockchain/store/events.h"
#include "blockchain/store/parked.h"

enum {
    STEP_ARENA_BYTES_MAX = 64 << 20,
    HAUL_ARENA_BYTES_MAX = 256 << 20,
    TIP_EVENT_US = 1000000,
    PARKED_US = 1000000,
    PAUSE_LOOK_US = 1000000,
    MEMBERS_BYTES_MAX = 1024
};

struct follower {
    struct blockchain *app;
    struct chain *chain;
    struct db *db;
    struct provider_session *session;
    struct arena *arena;
    struct block_haul haul;
    struct chain_row row;
    bool is_loaded; /* `row` is what the database has */
    bool was_ready, was_told;
    uint64_t start;                                   /* the first block that the catalogue wants */
    uint64_t reorg_depth;                             /* blocks taken back in a row */
    int64_t looked_us, tip_told_us, parked_looked_us; /* monotonic */
    int64_t pause_looked_us;
};

struct follower *follower_new(struct blockchain *app, struct chain *chain)
{
    struct follower *follower = calloc(1, sizeof(*follower));
    if (!follower)
        return NULL;
    follower->app = app;
    follower->chain = chain;
    follower->haul.chain = chain;
    follower->haul.wants_unlisted = true;
    follower->arena = arena_new(STEP_ARENA_BYTES_MAX);
    follower->haul.arena = arena_new(HAUL_ARENA_BYTES_MAX);
    if (follower->arena && follower->haul.arena)
        return follower;
    follower_free(follower);
    return NULL;
}

void follower_free(struct follower *follower)
{
    if (!follower)
        return;
    provider_session_close(follower->session);
    db_close(follower->db);
    arena_free(follower->arena);
    arena_free(follower->haul.arena);
    free(follower);
}

/* ---- to begin with ---- */

static void show(struct follower *follower)
{
    struct chain *chain = follower->chain;
    const struct chain_row *row = &follower->row;
    pthread_mutex_lock(&chain->lock);
    memcpy(chain->network, row->network, sizeof(chain->network));
    memcpy(chain->hash, row->hash, sizeof(chain->hash));
    if (chain->providers)
        providers_expect(chain->providers, row->network);
    pthread_mutex_unlock(&chain->lock);
    /* Before the first block: as if the one before it were taken in. */
    chain->height = row->has_height ? row->height : follower->start > 0 ? follower->start - 1 : 0;
}

static bool row_load(struct follower *follower, struct err *err)
{
    struct chain *chain = follower->chain;
    if (follower->is_loaded)
        return true;
    if (!chain_row_get(follower->db, chain->key, chain->client->name,
                       clock_now_us(follower->app->clock), &follower->row, err))
        return false;
    if (strcmp(follower->row.client, chain->client->name) != 0)
        return err_set(err, ERR_CONFIG, "%s was followed as %s: that needs a new chain key",
                       chain->key, follower->row.client);
    chain->is_paused = follower->row.is_paused;
    follower->is_loaded = true;
    show(follower);
    return true;
}

static bool session_ready(struct follower *follower, struct err *err)
{
    bool is_new;
    if (!chain_session_renew(follower->chain, &follower->session, &is_new, err))
        return false;
    if (is_new)
        follower->looked_us = 0;
    return true;
}

static bool connect_peers(struct follower *follower, struct err *err)
{
    struct blockchain *app = follower->app;
    if (follower->db ? !db_ready(follower->db, err) : !db_open(&app->db_config, &follower->db, err))
        return false;
    return row_load(follower, err) && watch_load(follower->chain, follower->db, err) &&
           session_ready(follower, err);
}

/* ---- looking at the providers ---- */

static bool network_note(struct follower *follower, const char *network, struct err *err)
{
    if (strcmp(follower->row.network, network) == 0)
        return true;
    if (!chain_network_set(follower->db, follower->chain->key, network, err))
        return false;
    snprintf(follower->row.network, sizeof(follower->row.network), "%s", network);
    show(follower);
    return true;
}

static bool look(struct follower *follower, struct err *err)
{
    int64_t now_us = clock_monotonic_us(follower->app->clock);
    struct chain_identity identity;
    uint64_t best;
    if (follower->looked_us != 0 &&
        now_us - follower->looked_us < 1000LL * follower->app->config->tip_poll_ms)
        return true;
    if (!providers_tip(follower->session, &identity, &best, err) ||
        !network_note(follower, identity.network, err) ||
        !main_network_check(follower->app, follower->chain, identity.network, err))
        return false;
    follower->chain->tip = best;
    follower->looked_us = now_us;
    return true;
}

/* ---- questions ---- */

struct hash_question {
    uint64_t height;
    char hash[CHAIN_HASH_SIZE];
};

static bool ask_hash(struct node *node, void *arg, struct err *err)
{
    struct hash_question *question = arg;
    return node->client->family->block_hash(node, question->height, question->hash, err);
}

/* A height that went away since the tip was asked: look again. */
static bool hash_at(struct follower *follower, struct hash_question *question, bool *ret_there,
                    struct err *err)
{
    *ret_there = providers_ask(follower->session, ask_hash, question, err);
    if (*ret_there)
        return true;
    follower->looked_us = 0;
    return err->code == ERR_NOT_FOUND;
}

/* ---- moves ---- */

static void note_block(struct follower *follower, enum blockchain_metric metric, int64_t begin_us)
{
    struct metrics *metrics = follower->app->metrics;
    metric_add_labelled(metrics, metric, metric_label(metrics, metric, follower->chain->key), 1);
    if (begin_us != 0)
        metric_observe_us(metrics, METRIC_BLOCK_SECONDS,
                          clock_monotonic_us(follower->app->clock) - begin_us);
    show(follower);
}

static struct block_step step_of(struct follower *follower, const struct chain_entry *entry)
{
    arena_reset(follower->arena);
    return (struct block_step){
        .app = follower->app, .chain = follower->chain, .entry = entry, .arena = follower->arena};
}

static bool revert(struct follower *follower, const struct chain_entry *entry, struct err *err)
{
    struct block_step step = step_of(follower, entry);
    follower->is_loaded = false; /* unless it goes well */
    if (!block_revert(&step, follower->db, &follower->row, follower->reorg_depth + 1, err))
        return false;
    follower->is_loaded = true;
    follower->reorg_depth++;
    note_block(follower, METRIC_BLOCKS_REVERTED, 0);
    return true;
}

static bool take(struct follower *follower, const struct chain_entry *entry, struct err *err)
{
    struct block_step step = step_of(follower, entry);
    int64_t now_us = clock_monotonic_us(follower->app->clock);
    step.tells_tip = now_us - follower->tip_told_us >= TIP_EVENT_US;
    follower->is_loaded = false;
    if (!block_take(&step, follower->db, &follower->haul, &follower->row, err))
        return false;
    follower->is_loaded = true;
    follower->reorg_depth = 0;
    if (step.tells_tip)
        follower->tip_told_us = now_us;
    return true;
}

/* The next block, or the last one back if the next is not built on it. */
static bool next_block(struct follower *follower, const struct chain_entry *entry, bool *ret_idle,
                       struct err *err)
{
    const struct chain_row *row = &follower->row;
    int64_t begin_us = clock_monotonic_us(follower->app->clock);
    struct hash_question question = {.height =
                                         row->has_height ? row->height + 1 : entry->start_height};
    bool is_there;
    if (!hash_at(follower, &question, &is_there, err))
        return false;
    *ret_idle = !is_there;
    if (!is_there)
        return true;
    if (!block_haul_read(&follower->haul, follower->session, entry, question.height, question.hash,
                         NULL, err)) {
        if (err->code == ERR_NOT_FOUND) /* it was reorganised away in between */
            follower->looked_us = 0;
        return err_wrap(err, "block %llu", (unsigned long long)question.height);
    }
    if (row->has_height && strcmp(follower->haul.head.parent, row->hash) != 0)
        return revert(follower, entry, err);
    struct block_step step = step_of(follower, entry);
    if (!block_opinion(&step, follower->session, &follower->haul, NULL, err) ||
        !take(follower, entry, err))
        return false;
    note_block(follower, METRIC_BLOCKS, begin_us);
    return true;
}

static bool our_hash_at(struct follower *follower, uint64_t height,
                        char hash[static CHAIN_HASH_SIZE], const char **ret_hash, struct err *err)
{
    bool is_kept = true;
    if (height == follower->row.height)
        memcpy(hash, follower->row.hash, CHAIN_HASH_SIZE);
    else if (!block_hash_find(follower->db, follower->chain->key, height, hash, &is_kept, err))
        return false;
    *ret_hash = is_kept ? hash : NULL;
    return true;
}

static bool decide(struct follower *follower, const struct chain_entry *entry,
                   enum fork_move *ret_move, struct err *err)
{
    const struct chain_row *row = &follower->row;
    uint64_t node_tip = follower->chain->tip;
    struct fork_view view = {.has_height = row->has_height,
                             .height = row->height,
                             .start = entry->start_height,
                             .node_tip = node_tip};
    struct hash_question question = {.height = row->height < node_tip ? row->height : node_tip};
    char hash[CHAIN_HASH_SIZE];
    bool is_there = true;
    /* Far behind, the next block's parent tells the same with one question less. */
    if (!row->has_height || node_tip > row->height) {
        *ret_move = node_tip >= (row->has_height ? row->height + 1 : entry->start_height)
                        ? FORK_TAKE
                        : FORK_IDLE;
        return true;
    }
    if (!our_hash_at(follower, question.height, hash, &view.our_hash, err) ||
        !hash_at(follower, &question, &is_there, err))
        return false;
    view.node_hash = question.hash;
    *ret_move = is_there ? fork_decide(&view) : FORK_IDLE;
    return true;
}

static bool follow(struct follower *follower, const struct chain_entry *entry, bool *ret_idle,
                   struct err *err)
{
    enum fork_move move;
    if (!look(follower, err) || !decide(follower, entry, &move, err))
        return false;
    switch (move) {
    case FORK_TAKE:
        return next_block(follower, entry, ret_idle, err);
    case FORK_REVERT:
        return revert(follower, entry, err);
    case FORK_BEHIND:
        *ret_idle = true;
        return err_set(err, ERR_PEER_UNAVAILABLE, "the node is at %llu, behind our block %llu",
                       (unsigned long long)follower->chain->tip,
                       (unsigned long long)follower->row.height);
    case FORK_IDLE:
        *ret_idle = true;
        return true;
    }
    return true;
}

static bool parked_gauge(struct follower *follower, struct err *err)
{
    struct metrics *metrics = follower->app->metrics;
    const char *key = follower->chain->key;
    uint64_t count;
    if (!parked_count(follower->db, key, &count, err))
        return false;
    metric_set_labelled(metrics, METRIC_PARKED, metric_label(metrics, METRIC_PARKED, key),
                        (int64_t)count);
    return true;
}

static bool parked_look(struct follower *follower, const struct chain_entry *entry, struct err *err)
{
    int64_t now_us = clock_monotonic_us(follower->app->clock);
    if (now_us - follower->parked_looked_us < PARKED_US || !follower->row.has_height)
        return true;
    follower->parked_looked_us = now_us;
    struct block_step step = step_of(follower, entry);
    return parked_retry(&step, follower->db, follower->session, &follower->haul, &follower->row,
                        err) &&
           parked_gauge(follower, err);
}

/* The command line says it in the database alone. */
static bool pause_look(struct follower *follower, struct err *err)
{
    int64_t now_us = clock_monotonic_us(follower->app->clock);
    if (follower->pause_looked_us > 0 && now_us - follower->pause_looked_us < PAUSE_LOOK_US)
        return true;
    follower->pause_looked_us = now_us;
    return chain_pause_look(follower->chain, follower->db, err);
}

bool follow_step(struct follower *follower, bool *ret_idle, struct err *err)
{
    struct blockchain *app = follower->app;
    struct chain *chain = follower->chain;
    const struct catalogue *catalogue = catalogue_take(app->catalogues);
    const struct chain_entry *entry = catalogue_chain(catalogue, chain->key);
    if (entry && entry->start_height != follower->start) {
        follower->start = entry->start_height;
        if (follower->is_loaded)
            show(follower);
    }
    bool ok = connect_peers(follower, err) && pause_look(follower, err);
    *ret_idle = false;
    if (!ok)
        follower->looked_us = 0;
    else if (!entry || !chain->is_active)
        ok = err_set(err, ERR_STATE_CONFLICT, "not active");
    else if (chain->is_paused)
        ok = err_set(err, ERR_STATE_CONFLICT, "paused by an operator");
    else
        ok = follow(follower, entry, ret_idle, err) && parked_look(follower, entry, err);
    catalogue_give_back(catalogue);
    return ok;
}

/* ---- what is known of it ---- */

static bool health_unit(struct db *db, void *arg, struct err *err)
{
    const struct follower *follower = arg;
    struct chain *chain = follower->chain;
    char members[MEMBERS_BYTES_MAX], reason[CHAIN_REASON_SIZE];
    pthread_mutex_lock(&chain->lock);
    size_t used = 0;
    for (const char *c = chain->reason; *c && used + 1 < sizeof(reason); c++)
        reason[used++] = *c == '"' || *c == '\\' || (unsigned char)*c < ' ' ? ' ' : *c;
    reason[used] = '\0';
    pthread_mutex_unlock(&chain->lock);
    snprintf(members, sizeof(members), "\"chain\":\"%s\",\"ready\":%s,\"reason\":\"%s\"",
             chain->key, chain->is_ready ? "true" : "false", reason);
    return event_add(db, "chain.health", members, clock_now_us(follower->app->clock), err);
}

bool follow_note(struct follower *follower, const struct err *failure)
{
    struct chain *chain = follower->chain;
    uint64_t height = chain->height, tip = chain->tip;
    bool is_lagging = tip > height + follower->app->config->ready_lag_max;
    char reason[CHAIN_REASON_SIZE] = "";
    struct err err;
    if (failure)
        snprintf(reason, sizeof(reason), "%s", failure->what);
    else if (is_lagging)
        snprintf(reason, sizeof(reason), "catching up: at %llu of %llu", (unsigned long long)height,
                 (unsigned long long)tip);
    chain_set_reason(chain, reason);
    chain->is_ready = !failure && !is_lagging;
    bool is_change = chain->is_ready != follower->was_ready || !follower->was_told;
    if (is_change && follower->db && db_ready(follower->db, &err) &&
        db_transaction(follower->db, health_unit, follower, &err)) {
        follower->was_ready = chain->is_ready;
        follower->was_told = true;
        blockchain_outbox_wake(follower->app);
    }
    return is_change;
}
