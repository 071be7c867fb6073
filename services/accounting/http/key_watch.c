#include "accounting/http/key_watch.h"

#include <time.h>

#include "accounting/actions/accounting.h"
#include "accounting/http/trust.h"
#include "accounting/state/config.h"
#include "log/log.h"

enum { NAP_MS = 100, RETRY_MS = 1000 };

static void nap(const struct accounting *app, int64_t ms)
{
    const struct timespec pause = {.tv_nsec = NAP_MS * 1000000L};
    for (int64_t slept = 0; slept < ms && !app->stopping; slept += NAP_MS)
        nanosleep(&pause, NULL);
}

void key_watch_run(struct accounting *app)
{
    bool failed = false;
    if (app->config->jwks_url[0] == '\0')
        return;
    while (!app->stopping) {
        struct err err;
        bool good = trust_refresh(app, &err);
        /* Once a failure: the keys that are known go on. */
        if (!good && !failed)
            log_warning("the keys of users' tokens can't be asked for", LOG_ERR(&err));
        failed = !good;
        nap(app, app->has_user_keys ? app->config->jwks_refresh_s * 1000LL : RETRY_MS);
    }
}
