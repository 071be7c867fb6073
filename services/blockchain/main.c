/* main.c: the blockchain gateway, wired together. Read routes.c and consumers.c next. */
#include <stddef.h>

#include "blockchain/actions/ready.h"
#include "blockchain/config.h"
#include "blockchain/flags.h"
#include "blockchain/start.h"
#include "blockchain/state/config.h"
#include "blockchain/state/metrics.h"
#include "service/service.h"

static bool is_ready(struct service *service, struct err *err)
{
    return blockchain_is_ready(service->app, err);
}

static void collect(struct service *service)
{
    blockchain_collect(service->app);
}

static const struct service_spec blockchain_spec = {
    .name = "blockchain",
    .summary =
        "The gateway to chains: nodes, addresses, what comes in and what goes out. It has no keys.",
    .config = blockchain_config_rows,
    .config_size = sizeof(struct blockchain_config),
    .ops_port_offset = offsetof(struct blockchain_config, ops_port),
    .log_level_offset = offsetof(struct blockchain_config, log_level),
    .metrics = blockchain_metrics,
    .metrics_count = METRIC_MAX,
    .flags = blockchain_flags,
    .start = blockchain_start,
    .ready = is_ready,
    .stop = blockchain_stop,
    .collect = collect,
};

int main(int argc, char **argv)
{
    return service_main(&blockchain_spec, argc, argv);
}
