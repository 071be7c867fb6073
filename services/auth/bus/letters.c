#include "auth/bus/letters.h"

#include "auth/actions/letter_request.h"
#include "log/log.h"
#include "service/threads.h"

enum { ROUND_ROWS_MAX = 64, ROUND_BYTES_MAX = 1 << 20, LOOK_EVERY_MS = 250, PAUSE_MS = 1000 };

static bool run_round(struct call *call, size_t *ret_made, struct err *err)
{
    struct letter_request *requests;
    size_t count;
    if (!letter_requests_read(call->db, call->arena, ROUND_ROWS_MAX, &requests, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        call->visitor = requests[i].visitor;
        if (!letter_make(call, &requests[i], err))
            return false;
    }
    *ret_made = count;
    return true;
}

void letters_run(struct auth *app)
{
    struct db *db = NULL;
    struct arena *arena = arena_new(ROUND_BYTES_MAX);
    bool failing = false;
    while (arena) {
        struct err err;
        size_t made = 0;
        bool ok = db ? db_ready(db, &err) : db_open(&app->db_config, &db, &err);
        if (ok) {
            struct call call = {
                .app = app, .db = db, .arena = arena, .now_us = clock_now_us(app->clock)};
            ok = run_round(&call, &made, &err);
        }
        if (!ok && !failing)
            log_warning("mails that were asked for could not be made", LOG_ERR(&err));
        failing = !ok;
        arena_reset(arena);
        if (!service_threads_sleep(app->threads, !ok                      ? PAUSE_MS
                                                 : made == ROUND_ROWS_MAX ? 0
                                                                          : LOOK_EVERY_MS))
            break;
    }
    arena_free(arena);
    db_close(db);
}
