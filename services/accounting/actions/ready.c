#include "accounting/actions/ready.h"

#include "accounting/actions/accounting.h"

bool accounting_is_ready(struct accounting *app, struct err *err)
{
    if (app->stopping)
        return err_set(err, ERR_BUSY, "stopping");
    if (!app->accepting)
        return err_set(err, ERR_DB_UNAVAILABLE, "the writer has no database");
    if (!app->books_loaded)
        return err_set(err, ERR_BUSY, "catalog and market data are not loaded yet");
    if (!app->settling)
        return err_set(err, ERR_BUS_UNAVAILABLE, "the settler has no broker or no database");
    return true;
}
