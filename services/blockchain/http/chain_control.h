/* chain_control.h: what other services and operators may do with a chain: the same handlers for both. */
#ifndef BLOCKCHAIN_HTTP_CHAIN_CONTROL_H
#define BLOCKCHAIN_HTTP_CHAIN_CONTROL_H

#include "blockchain/http/chain_request.h"
#include "json/field.h"

extern const struct param chain_key_params[]; /* struct chain_request */
extern const struct json_field scan_fields[], pause_fields[];

struct scan_form {
    const char *key;
    struct param_i64 height;
};
extern const struct param scan_params[];

void chain_list(struct http_request *request);
void chain_get(struct http_request *request);
void chain_scan(struct http_request *request);
void chain_pause(struct http_request *request);
void chain_resume(struct http_request *request);

#endif
