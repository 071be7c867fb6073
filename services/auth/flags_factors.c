#include "auth/flags_factors.h"

#include <stdio.h>

#include "auth/actions/factor_reset.h"
#include "auth/state/config.h"
#include "auth/state/rules.h"
#include "auth/store/users.h"
#include "base/auto.h"

enum { ARENA_BYTES_MAX = 8 << 20 };

struct work {
    struct call *call;
    const char *uid;
};

/* A reset that waits is over: this is it. */
static bool reset_unit(struct db *db, void *arg, struct err *err)
{
    const struct work *work = arg;
    struct user user;
    return users_lock_by_uid(db, work->call->arena, work->uid, &user, err) &&
           factor_reset_stop(work->call, &user, "operator", err) &&
           factor_reset_apply(work->call, &user, err);
}

static bool reset(struct auth *app, const char *uid, struct err *err)
{
    struct call call = {.app = app,
                        .arena = arena_new(ARENA_BYTES_MAX),
                        .now_us = clock_now_us(app->clock),
                        .visitor = {.user_agent = ""}};
    struct work work = {&call, uid};
    bool done = call.arena && db_open(&app->db_config, &call.db, err) &&
                db_transaction(call.db, reset_unit, &work, err);
    if (!call.arena)
        err_set(err, ERR_INTERNAL, "no memory");
    db_close(call.db);
    arena_free(call.arena);
    return done;
}

int factor_flag_reset(struct service *service, const char *uid)
{
    const struct auth_config *config = service->config;
    struct auth app = {.config = config, .clock = service->clock, .db_config = config->db};
    struct err err;
    bool done = rules_open(config->rules_file, &app.rules, &err) && reset(&app, uid, &err);
    rules_free(app.rules);
    if (!done)
        fprintf(stderr, "bourse-auth: --reset-factors: %s\n", err.what);
    else
        printf("%s has no second factor any more\n", uid);
    return done ? 0 : 1;
}
