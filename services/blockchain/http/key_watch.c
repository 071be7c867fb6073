#include "blockchain/http/key_watch.h"

#include "blockchain/actions/blockchain.h"
#include "blockchain/http/trust.h"
#include "blockchain/state/config.h"
#include "log/log.h"

enum { RETRY_MS = 1000 };

void key_watch_run(struct blockchain *app)
{
    bool failed = false;
    int64_t wait_ms;
    if (app->config->jwks_url[0] == '\0')
        return;
    do {
        struct err err;
        bool good = trust_refresh(app, &err);
        /* Once a failure: the keys that are known go on. */
        if (!good && !failed)
            log_warning("the keys of users' tokens can't be asked for", LOG_ERR(&err));
        failed = !good;
        wait_ms = app->has_user_keys ? app->config->jwks_refresh_s * 1000LL : RETRY_MS;
    } while (blockchain_sleep(app, wait_ms));
}
