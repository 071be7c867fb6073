/* main.c: auth, wired together. Read routes.c and consumers.c next: all that can start work. */
#include <stddef.h>

#include "auth/actions/ready.h"
#include "auth/config.h"
#include "auth/flags.h"
#include "auth/start.h"
#include "auth/state/config.h"
#include "auth/state/metrics.h"
#include "service/service.h"

static bool is_ready(struct service *service, struct err *err)
{
    return auth_is_ready(service->app, err);
}

static const struct service_spec auth_spec = {
    .name = "auth",
    .summary = "Users, sessions, identity checks, second factors, API keys, permissions, OAuth.",
    .config = auth_config_rows,
    .config_size = sizeof(struct auth_config),
    .ops_port_offset = offsetof(struct auth_config, ops_port),
    .log_level_offset = offsetof(struct auth_config, log_level),
    .metrics = auth_metrics,
    .metrics_count = METRIC_MAX,
    .flags = auth_flags,
    .start = auth_start,
    .ready = is_ready,
    .stop = auth_stop,
};

int main(int argc, char **argv)
{
    return service_main(&auth_spec, argc, argv);
}
