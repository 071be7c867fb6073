#include "accounting/bus/journal_job.h"

#include "accounting/actions/accounting.h"
#include "accounting/actions/journal_prune.h"
#include "accounting/bus/job_nap.h"
#include "accounting/state/config.h"
#include "log/log.h"

/* Trading writes and reads the same pages: after a round that found more there is a pause too. */
enum { PERIOD_MS = 60 * 1000, MORE_MS = 1000 };

void journal_job_run(struct accounting *app)
{
    struct db *db = NULL;
    uint64_t kept_hours = app->config->journal_kept_hours;
    while (kept_hours > 0 && !atomic_load(&app->stopping)) {
        struct err err;
        bool more = false;
        if ((db ? !db_ready(db, &err) : !db_open(&app->db_config, &db, &err)) ||
            !journal_prune(app, db, kept_hours, JOURNAL_KEPT_COMMANDS, &more, &err))
            log_warning("pruning of the journal waits", LOG_ERR(&err));
        job_nap(app, more ? MORE_MS : PERIOD_MS);
    }
    db_close(db);
}
