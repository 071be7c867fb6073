#include "blockchain/bus/followers.h"

#include <pthread.h>

#include "blockchain/actions/blockchain.h"
#include "blockchain/actions/follow.h"
#include "log/log.h"

enum { LOOK_MS = 100, PAUSE_MIN_MS = 100, PAUSE_MAX_MS = 5000 };

struct one {
    struct blockchain *app;
    struct chain *chain;
    pthread_t follower, watcher;
    bool is_followed, is_watched;
};

static void tell(const struct chain *chain, const struct err *failure)
{
    if (failure)
        log_warning("chain is not ready", LOG_STR("chain", chain->key), LOG_ERR(failure));
    else
        log_info(chain->is_ready ? "chain is ready" : "chain catches up",
                 LOG_STR("chain", chain->key), LOG_U64("height", chain->height),
                 LOG_U64("tip", chain->tip));
}

/* Longer after each failure; never longer than the database and the nodes deserve. */
static int64_t pause_after(int64_t pause_ms)
{
    return 2 * pause_ms < PAUSE_MAX_MS ? 2 * pause_ms : PAUSE_MAX_MS;
}

static void *run(void *arg)
{
    struct one *one = arg;
    struct blockchain *app = one->app;
    int64_t pause_ms = PAUSE_MIN_MS;
    struct follower *follower = follower_new(app, one->chain);
    if (!follower) {
        log_error("no memory to follow a chain", LOG_STR("chain", one->chain->key));
        return NULL;
    }
    while (!app->stopping) {
        struct err err;
        bool is_idle = false;
        bool ok = follow_step(follower, &is_idle, &err);
        if (follow_note(follower, ok ? NULL : &err))
            tell(one->chain, ok ? NULL : &err);
        if (!ok) {
            blockchain_sleep(app, pause_ms);
            pause_ms = pause_after(pause_ms);
            continue;
        }
        pause_ms = PAUSE_MIN_MS;
        if (is_idle)
            blockchain_sleep(app, app->config->tip_poll_ms);
    }
    follower_free(follower);
    return NULL;
}

/* Looks at all providers of the chain: which of them the follower asks next. */
static void *watch(void *arg)
{
    struct one *one = arg;
    struct blockchain *app = one->app;
    struct provider_session *session = NULL;
    struct err ignored; /* the follower says why there is none */
    bool is_new;
    do {
        if (one->chain->is_active && chain_session_renew(one->chain, &session, &is_new, &ignored))
            providers_look(session);
    } while (blockchain_sleep(app, app->config->tip_poll_ms));
    provider_session_close(session);
    return NULL;
}

static void begin(struct one *one)
{
    one->is_followed = pthread_create(&one->follower, NULL, run, one) == 0;
    one->is_watched = pthread_create(&one->watcher, NULL, watch, one) == 0;
    if (one->is_followed)
        pthread_setname_np(one->follower, "follower");
    if (one->is_watched)
        pthread_setname_np(one->watcher, "provider-watch");
    if (!one->is_followed || !one->is_watched)
        log_error("no thread to follow a chain", LOG_STR("chain", one->chain->key));
}

void followers_run(struct blockchain *app)
{
    struct one rows[CATALOGUE_CHAINS_MAX] = {{.is_followed = false}};
    size_t count = 0;
    do {
        for (; count < chains_count(app->chains); count++) {
            rows[count] = (struct one){.app = app, .chain = chains_at(app->chains, count)};
            begin(&rows[count]);
        }
    } while (blockchain_sleep(app, LOOK_MS));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].is_followed)
            pthread_join(rows[i].follower, NULL);
        if (rows[i].is_watched)
            pthread_join(rows[i].watcher, NULL);
    }
}
