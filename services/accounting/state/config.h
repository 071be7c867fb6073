/* config.h: the configuration of accounting. The table over this struct is accounting_config_rows. */
#ifndef ACCOUNTING_STATE_CONFIG_H
#define ACCOUNTING_STATE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/bus.h"
#include "db/db.h"

struct accounting_config {
    const char *http_host, *http_socket, *ops_host, *log_level;
    uint16_t http_port, ops_port;
    struct db_config db;
    const char *db_migrate_user, *db_migrate_password;
    struct bus_config amqp; /* without a name: bus_named() */
    const char *jwt_public_key, *jwt_algorithm, *jwt_issuer, *jwt_audience;
    const char *jwks_url;
    uint32_t jwks_refresh_s;
    const char *service_key, *service_keys;
    const char *event_key, *event_algorithm;
    const char *management_config, *abilities_file; /* paths */
    const char *migrations_dir;
    uint32_t level_deposit, level_withdraw, level_trading;
    uint32_t accept_batch_max, settle_batch_max, event_batch_max;
    uint32_t workers, connections_max;
    const char *market_protection; /* "0.5": market orders trade at most 50 % from the best price */
    const char *pnl_currencies, *pnl_exclude_roles, *conversion_paths, *platform_currency;
    uint32_t price_interval_s; /* 0: prices stay as they are set */
    const char *price_min_volume, *price_max_change;
    const char *auth_url, *blockchain_url;            /* "": away */
    const char *internal_transfer_otp, *withdraw_otp; /* "verify", "refuse", "ignore" */

    /* Secrets: what members confide to us, sealed (libs/secret). */
    const char *secret_store, *secret_file, *secret_key_file;
    const char *vault_addr, *vault_token, *vault_token_file, *vault_role_id, *vault_secret_id_file;
    const char *vault_app_name, *vault_kv, *vault_transit;

    /* Withdrawals. */
    bool withdraw_admin_approve, withdraw_approvals_signed;
    uint32_t withdraw_approvals, withdraw_approval_hours;
    const char *withdraw_approvals_above; /* in the platform currency */
    uint32_t beneficiary_hold_s;
    const char *beneficiary_contracts; /* "refuse", "allow" */

    /* Money by bank. */
    const char *payment_gateway, *payment_webhook_secret; /* "none", "local" */
    const char *payment_gateway_url;                      /* "": it pays nothing */
    uint32_t payment_webhook_age_s, payment_silent_s;
    const char *fiat_accounts, *fiat_account_holder; /* "eur=IBAN/BIC,usd=IBAN/BIC" */
    const char *fiat_approval_above; /* in the platform currency; "": none is large */
    uint32_t shards;
    uint32_t journal_kept_hours; /* 0: for ever */
    bool deposit_funds_locked;   /* coins are spendable when they are collected, not before */
    uint32_t chain_poll_ms, collect_poll_ms;
    const char *reconcile_stop; /* "any", "shortage", "none" */
    uint32_t reconcile_approvals, reconcile_custody_s, reconcile_pause_ms;
};

#endif
