#include "auth/actions/ready.h"

#include "auth/state/config.h"
#include "auth/state/gate.h"
#include "secret/secret.h"

bool auth_is_ready(struct auth *app, struct err *err)
{
    if (app->stopping)
        return err_set(err, ERR_BUSY, "stopping");
    if (!app->database_is_there)
        return err_set(err, ERR_DB_UNAVAILABLE, "the database does not answer");
    if (config_is_mailer(app->config))
        return app->mailer_works ||
               err_set(err, ERR_BUS_UNAVAILABLE, "the queue of mails does not answer");
    /* Only until it answered for the first time: after that most of the work can be done without. */
    if (!secret_store_is_ready(app->secrets))
        return err_set(err, ERR_PEER_UNAVAILABLE, "the store of secrets has not answered yet");
    if (!gate_is_fresh(app->gate, clock_monotonic_us(app->clock)))
        return err_set(err, ERR_DB_UNAVAILABLE, "authz has not seen what changed");
    return true;
}
