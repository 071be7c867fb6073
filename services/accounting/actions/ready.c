#include "accounting/actions/ready.h"

#include "accounting/actions/accounting.h"

enum { WRITE_MAX_US = 3000000 }; /* a batch takes milliseconds */

/* A database that takes bytes and says nothing: its connection fails much later, by its deadline. */
static bool writer_hangs(struct accounting *app)
{
    int64_t since_us = app->writing_since_us;
    return since_us != 0 && clock_monotonic_us(app->clock) - since_us > WRITE_MAX_US;
}

bool accounting_is_ready(struct accounting *app, struct err *err)
{
    if (app->stopping)
        return err_set(err, ERR_BUSY, "stopping");
    if (!app->has_user_keys)
        return err_set(err, ERR_PEER_UNAVAILABLE, "the keys of users' tokens are not known yet");
    if (!app->accepting)
        return err_set(err, ERR_DB_UNAVAILABLE, "the writer has no database");
    if (writer_hangs(app))
        return err_set(err, ERR_DB_UNAVAILABLE, "the writer waits for the database");
    if (!app->books_loaded)
        return err_set(err, ERR_BUSY, "catalog and market data are not loaded yet");
    if (!app->settling)
        return err_set(err, ERR_BUS_UNAVAILABLE, "the settler has no broker or no database");
    if (!app->sending)
        return err_set(err, ERR_BUS_UNAVAILABLE, "commands wait: the broker is away or blocks");
    return true;
}
