/* config.h: the configuration of matching. The table over this struct is state/config.def. */
#ifndef MATCHING_STATE_CONFIG_H
#define MATCHING_STATE_CONFIG_H

#include <stdint.h>

#include "bus/bus.h"

struct matching_config {
    const char *ops_host, *log_level;
    uint16_t ops_port;
    const char *accounting_url, *service_key;
    struct bus_config amqp; /* without a name: bus_named() */
    const char *markets;    /* "*", or a comma list of ids */
    uint32_t shard, shards;
    uint32_t orders_per_market_max;
};

#endif
