/* entities_deposit.h: deposits and payment addresses as the three APIs show them (reference 1.2, 1.8.4,
 * 1.9). Views live as long as the request. */
#ifndef ACCOUNTING_HTTP_ENTITIES_DEPOSIT_H
#define ACCOUNTING_HTTP_ENTITIES_DEPOSIT_H

#include "accounting/store/deposits.h"
#include "accounting/store/payment_addresses.h"
#include "http/http.h"

struct deposit_view {
    uint64_t id, member;
    const char *currency, *blockchain_key, *protocol, *warning, *txid, *state, *transfer_type, *tid;
    const char *uid, *email, *address, *type, *spread, *hold_reason;
    struct dec amount, fee;
    int64_t confirmations, txout, block_number;
    bool is_coin, has_block, is_completed;
    int64_t created_at, updated_at, completed_at;
};
extern const struct json_field deposit_fields[];
extern const struct json_field admin_deposit_fields[];
extern const struct json_field management_deposit_fields[];

struct deposit_view deposit_view_of(const struct deposit *row);
void deposit_reply(struct http_request *request, const struct json_field *fields,
                   const struct deposit *row);
void deposits_reply(struct http_request *request, const struct json_field *fields,
                    const struct listed *listed);

struct payment_address_view {
    const char *const *currencies;
    size_t currencies_count;
    const char *blockchain_key, *address, *state, *uid;
    bool remote;
};
extern const struct json_field payment_address_fields[];
extern const struct json_field management_payment_address_fields[];

void payment_address_reply(struct http_request *request, const struct json_field *fields,
                           const struct payment_address *row);

/* The addresses (struct payment_address) that serve a currency, as JSON in the arena: all of them, and the
 * newest; without memory both stay. */
void deposit_addresses_text(struct arena *arena, const struct listed *addresses,
                            const char *currency_id, const char **array, const char **first);

struct refund_view {
    uint64_t id;
    const char *address;
    struct deposit_view deposit;
};
extern const struct json_field refund_fields[];

#endif
