/* config.h: the configuration of matching. The table over this struct is state/config.def. */
#ifndef MATCHING_STATE_CONFIG_H
#define MATCHING_STATE_CONFIG_H

#include <stdint.h>

struct matching_config {
    const char *ops_host, *log_level;
    uint16_t ops_port;
    const char *accounting_url, *service_key;
    const char *amqp_host, *amqp_user, *amqp_password, *amqp_vhost;
    uint16_t amqp_port;
    const char *markets; /* "*", or a comma list of ids */
    uint32_t shard, shards;
    uint32_t orders_per_market_max;
};

#endif
