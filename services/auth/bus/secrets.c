#include "auth/bus/secrets.h"

#include "auth/state/metrics.h"
#include "log/log.h"
#include "secret/secret.h"
#include "service/threads.h"

enum { LOOK_EVERY_MS = 3000 };

void secrets_run(struct auth *app)
{
    bool was_there = true;
    do {
        struct err err = {.code = ERR_NONE};
        bool is_there = secret_upkeep(app->secrets, &err);
        metric_set(app->metrics, METRIC_SECRET_STORE_UP, is_there);
        if (!is_there && was_there)
            log_error("the store of secrets does not answer", LOG_ERR(&err));
        else if (is_there && !was_there)
            log_info("the store of secrets answers");
        was_there = is_there;
    } while (service_threads_sleep(app->threads, LOOK_EVERY_MS));
}
