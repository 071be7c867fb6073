/* entities_outgoing.h: beneficiaries and withdrawals as members, administrators and other servers see
 * them (reference 1.2, 1.8.4, 1.9). Views live as long as the request. */
#ifndef ACCOUNTING_HTTP_ENTITIES_OUTGOING_H
#define ACCOUNTING_HTTP_ENTITIES_OUTGOING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/actions/outgoing.h"
#include "accounting/domain/beneficiary.h"
#include "accounting/domain/withdraw.h"
#include "db/listing.h"
#include "http/http.h"

/* The connection, the arena and the time of this request; false: the reply (503) is made. */
bool request_outgoing(struct http_request *request, const char *actor,
                      struct outgoing *ret_outgoing);
/* "admin ID123": the operator of this request. */
const char *request_operator(struct http_request *request);

/* ---- Beneficiary ---- */

struct beneficiary_view {
    uint64_t id;
    const char *blockchain_key, *blockchain_name, *currency, *uid, *name, *description;
    const char *data, *state, *protocol; /* data: JSON */
    bool has_chain;
    int64_t sent_at;
};
extern const struct json_field beneficiary_fields[];
extern const struct json_field admin_beneficiary_fields[]; /* with protocol */

/* Opens the data; masks it for its owner. False: the reply is made. */
bool beneficiary_view_or_reply(struct http_request *request, const struct outgoing *outgoing,
                               struct beneficiary *row, bool is_masked,
                               struct beneficiary_view *ret_view);
void beneficiaries_reply(struct http_request *request, const struct outgoing *outgoing,
                         const struct json_field *fields, const struct listed *listed,
                         bool is_masked);

/* ---- Withdraw ---- */

struct withdraw_view {
    uint64_t id, member_id;
    const char *currency, *type, *blockchain_key, *blockchain_txid, *rid, *protocol, *state, *note;
    const char *transfer_type, *reason, *tid, *uid, *email, *account, *error, *metadata;
    struct dec amount, fee, net; /* amount: the sum, fee included */
    bool is_coin, has_confirmations, has_block, is_unfinished, has_beneficiary;
    int64_t confirmations, block_number;
    int64_t created_at, updated_at, done_at;
    const struct beneficiary_view *beneficiary;
};
extern const struct json_field withdraw_fields[];
extern const struct json_field admin_withdraw_fields[];
extern const struct json_field management_withdraw_fields[];

struct withdraw_view withdraw_view_of(const struct outgoing *outgoing, const struct withdraw *row);
void withdraws_reply(struct http_request *request, const struct outgoing *outgoing,
                     const struct json_field *fields, const struct listed *listed);

#endif
