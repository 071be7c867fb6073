#include "blockchain/bus/followers.h"

#include <pthread.h>

#include "blockchain/actions/blockchain.h"
#include "blockchain/actions/follow.h"
#include "log/log.h"

enum { LOOK_MS = 100, PAUSE_MIN_MS = 100, PAUSE_MAX_MS = 5000 };

struct one {
    struct blockchain *app;
    struct chain *chain;
    pthread_t thread;
    bool is_running;
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

void followers_run(struct blockchain *app)
{
    struct one rows[CATALOGUE_CHAINS_MAX] = {{.is_running = false}};
    size_t count = 0;
    do {
        for (; count < chains_count(app->chains); count++) {
            struct one *one = &rows[count];
            *one = (struct one){.app = app, .chain = chains_at(app->chains, count)};
            one->is_running = pthread_create(&one->thread, NULL, run, one) == 0;
            if (!one->is_running)
                log_error("no thread to follow a chain", LOG_STR("chain", one->chain->key));
            else
                pthread_setname_np(one->thread, "follower");
        }
    } while (blockchain_sleep(app, LOOK_MS));
    for (size_t i = 0; i < count; i++)
        if (rows[i].is_running)
            pthread_join(rows[i].thread, NULL);
}
