#include "auth/bus/gate_watch.h"

#include "auth/actions/auth.h"
#include "auth/actions/gate_poll.h"
#include "auth/actions/signing_keys.h"
#include "log/log.h"
#include "service/threads.h"

enum { LOOK_EVERY_MS = 250 };

static bool look(struct auth *app, struct db **db, struct err *err)
{
    return (*db ? db_ready(*db, err) : db_open(&app->db_config, db, err)) &&
           gate_poll(app, *db, err) && gate_write_uses(app, *db, err) &&
           signing_keys_refresh(app, *db, err);
}

void gate_watch_run(struct auth *app)
{
    struct db *db = NULL;
    bool failed = false;
    do {
        struct err err;
        bool good = look(app, &db, &err);
        if (!good && !failed)
            log_warning("authz can't see what changes", LOG_ERR(&err));
        if (good && failed)
            log_info("authz sees what changes");
        failed = !good;
    } while (service_threads_sleep(app->threads, LOOK_EVERY_MS));
    db_close(db);
}
