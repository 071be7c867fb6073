/* main.c: accounting, wired together. Read routes.c and consumers.c next: all that can start work. */
#include <stddef.h>

#include "accounting/actions/ready.h"
#include "accounting/config.h"
#include "accounting/flags.h"
#include "accounting/start.h"
#include "accounting/state/config.h"
#include "accounting/state/metrics.h"
#include "service/service.h"

static bool is_ready(struct service *service, struct err *err)
{
    return accounting_is_ready(service->app, err);
}

static const struct service_spec accounting_spec = {
    .name = "accounting",
    .summary = "Members, balances, the ledger, the life of orders, market data over REST.",
    .config = accounting_config_rows,
    .config_size = sizeof(struct accounting_config),
    .ops_port_offset = offsetof(struct accounting_config, ops_port),
    .log_level_offset = offsetof(struct accounting_config, log_level),
    .metrics = accounting_metrics,
    .metrics_count = METRIC_MAX,
    .flags = accounting_flags,
    .start = accounting_start,
    .ready = is_ready,
    .stop = accounting_stop,
};

int main(int argc, char **argv)
{
    return service_main(&accounting_spec, argc, argv);
}
