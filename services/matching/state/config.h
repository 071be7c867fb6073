/* config.h: the configuration of the matching worker. The table over it is in config.c. */
#ifndef MATCHING_STATE_CONFIG_H
#define MATCHING_STATE_CONFIG_H

#include <stdint.h>

struct matching_config {
    const char *ops_host, *log_level;
    uint16_t ops_port;
    const char *amqp_host, *amqp_user, *amqp_password, *amqp_vhost;
    uint16_t amqp_port;
    const char *accounting_url, *service_key;
    const char *markets; /* comma list, or "*" */
    uint32_t shard, orders_max, batch_max;
};

#endif
