#include "matching/config.h"

#include <stddef.h>

#include "matching/state/config.h"

#define AT(member) offsetof(struct matching_config, member)

/* clang-format off */
const struct config_row matching_config_rows[] = {
    {"OPS_HOST", CONFIG_TEXT, AT(ops_host), "127.0.0.1", .doc = "Address of /alive, /ready, /metrics."},
    {"OPS_PORT", CONFIG_PORT, AT(ops_port), "8002", .doc = "Port of /alive, /ready, /metrics."},
    {"LOG_LEVEL", CONFIG_TEXT, AT(log_level), "info", .values = "debug info warning error", .doc = "Least level that is logged."},
    {"ACCOUNTING_URL", CONFIG_TEXT, AT(accounting_url), NULL, .example = "http://127.0.0.1:8000", .doc = "Where accounting answers; snapshots and missing commands come from it."},
    {"SERVICE_KEY_FILE", CONFIG_FILE, AT(service_key), NULL, .example = "/run/secrets/matching.key", .doc = "PEM file: our private key (ES256) for calls to accounting."},
    {"AMQP_HOST", CONFIG_TEXT, AT(amqp_host), "127.0.0.1", .doc = "Host of RabbitMQ."},
    {"AMQP_PORT", CONFIG_PORT, AT(amqp_port), "5672", .doc = "Port of RabbitMQ."},
    {"AMQP_USER", CONFIG_TEXT, AT(amqp_user), "bourse_matching", .doc = "User of the service."},
    {"AMQP_PASSWORD", CONFIG_SECRET, AT(amqp_password), NULL, .example = "a long random text", .doc = "Its password."},
    {"AMQP_VHOST", CONFIG_TEXT, AT(amqp_vhost), "/", .doc = "Virtual host."},
    {"MARKETS", CONFIG_TEXT, AT(markets), "*", .doc = "Comma list of market ids of this worker; *: all."},
    {"SHARD", CONFIG_U32, AT(shard), "0", .max = 15, .doc = "Number of the queue of commands that it reads."},
    {"ORDERS_PER_MARKET_MAX", CONFIG_U32, AT(orders_max), "1048576", .min = 1024, .max = 16777216, .doc = "Open orders of one market; beyond it new ones are closed as book_full."},
    {"BATCH_MAX", CONFIG_U32, AT(batch_max), "256", .min = 1, .max = 256, .doc = "Command messages matched together."},
    {NULL},
};
/* clang-format on */
