/* main.c: the signer, wired together. Read routes.c next: all that can start work. */
#include <stddef.h>

#include "signer/config.h"
#include "signer/flags.h"
#include "signer/offline.h"
#include "signer/offline_approve.h"
#include "signer/start.h"
#include "signer/state/config.h"
#include "signer/state/metrics.h"
#include "service/service.h"

static const struct service_spec signer_spec = {
    .name = "signer",
    .summary =
        "The only process that can use keys: signs what its policy allows, and writes it down.",
    .config = signer_config_rows,
    .config_size = sizeof(struct signer_config),
    .ops_port_offset = offsetof(struct signer_config, ops_port),
    .log_level_offset = offsetof(struct signer_config, log_level),
    .metrics = signer_metrics,
    .metrics_count = METRIC_MAX,
    .flags = signer_flags,
    .start = signer_start,
    .ready = signer_is_ready,
    .collect = signer_collect,
    .stop = signer_stop,
};

int main(int argc, char **argv)
{
    /* Signing from a file has flags of its own, and neither settings nor a service. */
    if (offline_is_asked(argc, argv))
        return offline_run(argc, argv);
    if (approve_is_asked(argc, argv))
        return approve_run(argc, argv);
    return service_main(&signer_spec, argc, argv);
}
