/* currency.h: currencies and the networks on which they move, as they are in the catalog. */
#ifndef ACCOUNTING_DOMAIN_CURRENCY_H
#define ACCOUNTING_DOMAIN_CURRENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decimal/dec.h"

enum { CURRENCY_ID_SIZE = 11 };

struct currency {
    char id[CURRENCY_ID_SIZE];
    const char *name, *description, *homepage, *icon_url; /* NULL: none */
    bool is_coin;
    const char *status; /* "enabled", "disabled", "hidden" */
    bool is_visible;    /* status enabled */
    int32_t position, precision;
    struct dec price, withdraw_limit_24h, withdraw_limit_72h;
    int64_t created_at, updated_at;
};

struct network {
    int64_t id;
    char currency_id[CURRENCY_ID_SIZE];
    const char *blockchain_key, *parent_id; /* NULL: fiat; no token */
    struct dec deposit_fee, min_deposit_amount, min_collection_amount, withdraw_fee,
        min_withdraw_amount;
    bool deposit_enabled, withdrawal_enabled, auto_update_fees_enabled;
    int64_t base_factor;
    const char *status, *options;
    const struct blockchain *blockchain; /* NULL: fiat */
    int64_t created_at, updated_at;
};

struct blockchain {
    int64_t id;
    const char *key, *name, *client, *protocol, *status, *description, *warning;
    const char *explorer_address, *explorer_transaction;
    int64_t height;
    int32_t min_confirmations;
};

#endif
