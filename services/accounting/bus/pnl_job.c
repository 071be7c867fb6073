#include "accounting/bus/pnl_job.h"

#include <stdlib.h>
#include <string.h>

#include "accounting/actions/accounting.h"
#include "accounting/actions/pnl.h"
#include "accounting/bus/job_nap.h"
#include "accounting/state/config.h"
#include "log/log.h"

enum { PERIOD_MS = 10 * 1000, PNL_CURRENCIES_MAX = 16 };

static size_t split(char *list, const char *names[static PNL_CURRENCIES_MAX])
{
    char *name;
    size_t count = 0;
    while ((name = strsep(&list, ",")) != NULL && count < PNL_CURRENCIES_MAX)
        if (*name)
            names[count++] = name;
    return count;
}

static bool update_all(struct accounting *app, struct db **db, const char *const *names,
                       size_t count, struct err *err)
{
    if (*db ? !db_ready(*db, err) : !db_open(&app->db_config, db, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!pnl_update(app, *db, names[i], err))
            return err_wrap(err, "in %s", names[i]);
    return true;
}

void pnl_job_run(struct accounting *app)
{
    const char *names[PNL_CURRENCIES_MAX];
    char *list = strdup(app->config->pnl_currencies ? app->config->pnl_currencies : "");
    size_t count = list ? split(list, names) : 0;
    struct db *db = NULL;
    while (count > 0 && !atomic_load(&app->stopping)) {
        struct err err;
        if (atomic_load(&app->books_loaded) && !update_all(app, &db, names, count, &err))
            log_warning("profit and loss waits", LOG_ERR(&err));
        job_nap(app, PERIOD_MS);
    }
    db_close(db);
    free(list);
}
