/*
 * entities_admin.h: the objects that administrators and the management API see (reference 1.8,
 * 1.9): a plain struct, its table of JSON fields, and the function that fills it. Both wire formats
 * at once, as in entities_public.h. Views live as long as the request.
 */
#ifndef ACCOUNTING_HTTP_ENTITIES_ADMIN_H
#define ACCOUNTING_HTTP_ENTITIES_ADMIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/member.h"
#include "accounting/http/entities_order.h"
#include "accounting/http/entities_public.h"
#include "accounting/store/adjustments.h"
#include "accounting/store/catalog_write.h"

/* ---- Network, Currency ---- */

struct admin_network_view {
    struct network_view network;
    int64_t id, subunits;
    const char *status;
    const char *options; /* JSON; NULL for fiat: left out */
    struct dec min_collection_amount;
    bool auto_update_fees_enabled;
    int64_t created_at, updated_at;
};
extern const struct json_field admin_network_fields[];

struct admin_currency_view {
    struct currency_view currency;
    const struct admin_network_view *networks; /* as many as currency.networks */
    /* Only in 2.6: of the first network. */
    const char *blockchain_key, *options;
    struct dec min_collection_amount;
    int64_t subunits;
    bool visible;
    int64_t created_at, updated_at;
};
extern const struct json_field admin_currency_fields[];
extern const struct json_field management_currency_fields[];

bool admin_network_view_fill(struct arena *arena, const struct currency *currency,
                             const struct network *network, struct admin_network_view *ret_view)
    MUST_CHECK;
bool admin_currency_view_fill(struct arena *arena, const struct catalog *catalog,
                              const struct currency *currency, struct admin_currency_view *ret_view)
    MUST_CHECK;

/* ---- Blockchain (over struct blockchain_row), Engine ---- */

extern const struct json_field blockchain_fields[];

struct engine_view {
    int64_t id;
    const char *name, *driver, *uid, *url, *state;
    int64_t created_at, updated_at;
};
extern const struct json_field engine_fields[];
extern const struct json_field management_engine_fields[];

struct engine_view engine_view_of(const struct engine_row *row);

/* ---- Market ---- */

struct admin_market_view {
    struct market_view market;
    int64_t engine_id;
    int32_t position;
    const char *data; /* JSON; NULL: null */
    int64_t created_at, updated_at;
};
extern const struct json_field admin_market_fields[];
extern const struct json_field management_market_fields[];

struct admin_market_view admin_market_view_of(const struct market *market);

/* ---- Adjustment ---- */

struct adjustment_view {
    uint64_t id;
    const char *reason, *description, *category;
    struct dec amount;
    const char *validator_uid, *creator_uid, *currency;
    const struct operation_view *asset, *liability, *revenue, *expense; /* NULL: none */
    const char *state;
    int64_t asset_account_code;
    const char *receiving_account_code, *receiving_member_uid;
    int64_t created_at, updated_at;
};
extern const struct json_field adjustment_fields[];

/* ---- InternalTransfer ---- */

struct internal_transfer_view {
    uint64_t id;
    const char *currency;
    const char *sender_username, *receiver_username, *sender_uid, *receiver_uid, *direction;
    struct dec amount;
    const char *status;
    int64_t created_at, updated_at;
};
extern const struct json_field internal_transfer_fields[];       /* without id */
extern const struct json_field admin_internal_transfer_fields[]; /* with it */

#endif
