/* explain_view.h: explanations as handlers, for other services and for operators. */
#ifndef BLOCKCHAIN_HTTP_EXPLAIN_VIEW_H
#define BLOCKCHAIN_HTTP_EXPLAIN_VIEW_H

#include "http/http.h"
#include "json/field.h"

struct explain_form {
    const char *key, *what;
};
extern const struct param explain_tx_params[], explain_address_params[], explain_payout_params[];
extern const struct json_field tx_story_fields[], address_story_fields[], payout_story_fields[],
    parked_fields[];

void explain_tx_show(struct http_request *request);
void explain_address_show(struct http_request *request);
void explain_payout_show(struct http_request *request);

struct transfer_shown {
    uint64_t id, height, need;
    int64_t index;
    const char *txid, *contract, *address, *owner, *purpose, *units, *from, *state, *block_hash;
};
extern const struct json_field transfer_fields[];
struct transfer_row;
/* NULL: no memory. */
struct transfer_shown *transfers_show(struct arena *arena, const struct transfer_row *rows,
                                      size_t count);

struct parked_row;
struct parked_shown {
    uint64_t id, height;
    const char *chain, *block_hash, *txid, *reason, *state;
    int64_t index, tries, next_try_at, created_at;
};
struct parked_shown parked_show(const struct parked_row *row);

#endif
