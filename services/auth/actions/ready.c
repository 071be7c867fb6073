#include "auth/actions/ready.h"

bool auth_is_ready(struct auth *app, struct err *err)
{
    if (app->stopping)
        return err_set(err, ERR_BUSY, "stopping");
    if (!app->database_is_there)
        return err_set(err, ERR_DB_UNAVAILABLE, "the database does not answer");
    return true;
}
