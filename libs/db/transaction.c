/* transaction.c: units of work, and when they run again. */
#include "db/connector.h"
#include "db/internal.h"

#include <time.h>

enum { PAUSE_FIRST_US = 2000, PAUSE_MAX_US = 100000 };

struct unit {
    const char *begin, *commit; /* NULL: the attempt has them in its own statements */
    db_unit *run;
    void *arg;
};

/* Half of the pause is by lot: two that met must not meet again. */
static void pause_before(unsigned attempt)
{
    uint32_t lot;
    unsigned pause_us = PAUSE_FIRST_US;
    for (unsigned i = 1; i < attempt && pause_us < PAUSE_MAX_US; i++)
        pause_us *= 4;
    if (pause_us > PAUSE_MAX_US)
        pause_us = PAUSE_MAX_US;
    random_bytes(&lot, sizeof(lot));
    pause_us = pause_us / 2 + lot % (pause_us / 2 + 1);
    nanosleep(&(struct timespec){.tv_nsec = pause_us * 1000L}, NULL);
}

static bool run_once(struct db *db, const struct unit *unit, struct err *err)
{
    if (unit->begin && !db_exec(db, unit->begin, DB_NONE, NULL, err))
        return false;
    if (!unit->run(db, unit->arg, err))
        return false;
    if (unit->commit)
        return db_exec(db, unit->commit, DB_NONE, NULL, err);
    if (db->mysql && db->mysql->server_status & SERVER_STATUS_IN_TRANS)
        return err_set(err, ERR_INTERNAL, "database: the attempt did not commit");
    return true;
}

static bool run(struct db *db, const struct unit *unit, struct err *err)
{
    assert(!db->in_unit);
    for (unsigned attempt = 1;; attempt++) {
        if (!db_ready(db, err))
            return false;
        db->in_unit = true;
        bool is_done = run_once(db, unit, err);
        if (!is_done)
            db_rollback(db);
        db->in_unit = false;
        if (is_done || err->code != ERR_DB_CONFLICT)
            return is_done;
        if (attempt == DB_TRIES_MAX)
            return err_wrap(err, "after %u tries", attempt);
        pause_before(attempt);
    }
}

bool db_transaction(struct db *db, db_unit *unit, void *arg, struct err *err)
{
    return run(db, &(struct unit){"START TRANSACTION", "COMMIT", unit, arg}, err);
}

bool db_snapshot(struct db *db, db_unit *unit, void *arg, struct err *err)
{
    static const char begin[] = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;"
                                "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";
    /* There is nothing to commit: the end of a read is never unknown. */
    return run(db, &(struct unit){begin, "ROLLBACK", unit, arg}, err);
}

bool db_retry(struct db *db, db_unit *attempt, void *arg, struct err *err)
{
    return run(db, &(struct unit){NULL, NULL, attempt, arg}, err);
}
