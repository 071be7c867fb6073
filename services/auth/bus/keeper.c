#include "auth/bus/keeper.h"

#include "auth/actions/auth.h"
#include "auth/actions/session.h"
#include "auth/store/changes.h"
#include "auth/store/sweep.h"
#include "auth/store/users.h"
#include "crypto/password.h"
#include "log/log.h"
#include "service/threads.h"

enum { LOOK_EVERY_MS = 500, SWEEP_EVERY_US = 10 * 1000000, SWEEPS_BETWEEN_DIGESTS = 60 };

static bool look(struct auth *app, struct db **db, struct err *err)
{
    return *db ? db_ready(*db, err) && db_ping(*db, err) : db_open(&app->db_config, db, err);
}

static void note(struct auth *app, bool is_there, const struct err *err)
{
    if (is_there == app->database_is_there)
        return;
    app->database_is_there = is_there;
    if (is_there)
        log_info("the database answers");
    else
        log_warning("the database does not answer", LOG_ERR(err));
}

/* Imported accounts that were never used since: while there are some, every sign-in pays for two hashes
 * (crypto/password.h). */
static bool look_for_bcrypt(struct auth *app, struct db *db, struct err *err)
{
    char digest[PASSWORD_HASH_SIZE];
    if (!users_bcrypt_digest(db, digest, sizeof(digest), err))
        return false;
    password_gate_set_bcrypt(app->passwords, password_bcrypt_cost(digest));
    return true;
}

void keeper_run(struct auth *app)
{
    struct db *db = NULL;
    int64_t swept_us = 0;
    unsigned sweeps = 0;
    do {
        struct err err = {.code = ERR_NONE};
        bool is_there = look(app, &db, &err);
        note(app, is_there, &err);
        int64_t now_us = clock_monotonic_us(app->clock);
        if (!is_there || now_us - swept_us < SWEEP_EVERY_US)
            continue;
        swept_us = now_us;
        int64_t time_us = clock_now_us(app->clock);
        if (!sessions_expire(db, time_us, &err) || !sweep_all(db, time_us, &err) ||
            !changes_sweep(db, &err) ||
            (sweeps++ % SWEEPS_BETWEEN_DIGESTS == 0 && !look_for_bcrypt(app, db, &err)))
            log_warning("what is over could not be swept", LOG_ERR(&err));
    } while (service_threads_sleep(app->threads, LOOK_EVERY_MS));
    db_close(db);
}
