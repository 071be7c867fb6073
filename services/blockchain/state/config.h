/* config.h: the configuration of the gateway. The table over this struct is blockchain_config_rows. */
#ifndef BLOCKCHAIN_STATE_CONFIG_H
#define BLOCKCHAIN_STATE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/bus.h"
#include "db/db.h"

struct blockchain_config {
    const char *http_host, *ops_host, *log_level;
    uint16_t http_port, ops_port;
    struct db_config db;
    const char *db_migrate_user, *db_migrate_password;
    struct bus_config amqp; /* without a name: bus_named() */
    const char *jwt_public_key, *jwt_algorithm, *jwt_issuer, *jwt_audience;
    const char *jwks_url;
    uint32_t jwks_refresh_s;
    const char *service_key, *service_keys;
    const char *event_key, *event_algorithm;
    const char *migrations_dir;
    uint32_t workers, connections_max;
    const char *accounting_url, *signer_url;
    const char *safe_signer_urls; /* "http://a:1,http://b:2" */
    uint32_t catalogue_poll_ms, tip_poll_ms;
    uint32_t node_timeout_ms;
    const char *node_authorities;
    uint32_t blocks_kept;  /* hashes of the last blocks: how deep a reorg we can undo alone */
    uint32_t address_pool; /* derived ahead for each chain */
    uint32_t payout_poll_ms;
    uint32_t bump_blocks, void_confirmations;
    uint32_t coin_fee_fallback, coin_fee_least, coin_fee_cap,
        coin_dust; /* units per 1,000 virtual bytes */
    uint32_t gas_price_least_mwei, gas_price_cap_gwei, gas_limit_cap;
    uint32_t events_kept_days; /* 0: for ever */
    const char *fault_file;    /* tests: actions/fault.h */
    uint32_t ready_lag_max;    /* blocks behind the tip that are still ready */
    const char *custody_webhook_secret, *custody_webhook_url, *custody_passphrase;
    uint32_t custody_again_s, custody_failed_s, custody_look_max_s, custody_list_s;
    const char *single_provider_allowed; /* keys of chains between blanks */
    const char *second_opinion;          /* "ltc-regtest:=100000000 eth:0x..=5000000" */
};

#endif
