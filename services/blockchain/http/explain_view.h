/* explain_view.h: explanations as handlers, for other services and for operators. */
#ifndef BLOCKCHAIN_HTTP_EXPLAIN_VIEW_H
#define BLOCKCHAIN_HTTP_EXPLAIN_VIEW_H

#include "http/http.h"
#include "json/field.h"

struct explain_form {
    const char *key, *what;
};
extern const struct param explain_tx_params[], explain_address_params[];
extern const struct json_field tx_story_fields[], address_story_fields[], parked_fields[];

void explain_tx_show(struct http_request *request);
void explain_address_show(struct http_request *request);

struct parked_row;
struct parked_shown {
    uint64_t id, height;
    const char *chain, *block_hash, *txid, *reason, *state;
    int64_t index, tries, next_try_at, created_at;
};
struct parked_shown parked_show(const struct parked_row *row);

#endif
