#include "auth/bus/factor_resets.h"

#include "auth/actions/factor_reset.h"
#include "log/log.h"
#include "service/threads.h"

enum { LOOK_EVERY_MS = 5000, ARENA_BYTES_MAX = 1 << 20 };

static bool look(struct auth *app, struct db *db, struct arena *arena, struct err *err)
{
    struct call call = {.app = app,
                        .db = db,
                        .arena = arena,
                        .now_us = clock_now_us(app->clock),
                        .visitor = {.user_agent = ""}};
    size_t count;
    if (!factor_resets_run(&call, &count, err))
        return false;
    if (count > 0)
        log_info("resets of second factors were looked at", LOG_I64("count", (int64_t)count));
    return true;
}

void factor_resets_thread(struct auth *app)
{
    struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct db *db = NULL;
    assert(arena != NULL);
    do {
        struct err err = {.code = ERR_NONE};
        bool is_there = db ? db_ready(db, &err) : db_open(&app->db_config, &db, &err);
        if (is_there && !look(app, db, arena, &err))
            log_warning("resets of second factors wait", LOG_ERR(&err));
        arena_reset(arena);
    } while (service_threads_sleep(app->threads, LOOK_EVERY_MS));
    db_close(db);
    arena_free(arena);
}
