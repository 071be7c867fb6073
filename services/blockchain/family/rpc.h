/*
 * rpc.h: JSON-RPC to one node, over libs/fetch. Bounded in time and bytes; strict about what comes
 * back. User and password in the URL become basic authentication (the user "bearer": a bearer token) and are in no log, no error and no
 * answer of ours: rpc_label() is the URL without them, and without a path.
 *
 *     struct rpc_answer answer;
 *     if (!rpc_call(rpc, "getblockhash", "[7]", &answer, err)) return false;
 *     // answer.result: the JSON text of `result`, valid until the next call
 *
 * Error classes: ERR_PEER_UNAVAILABLE (no connection, no whole answer in time, 401, 403, 429, 5xx
 * without a JSON-RPC error, and a node that is warming up), ERR_PROTOCOL (an answer that is none),
 * ERR_NODE_REFUSED (a JSON-RPC error: rpc_error_code() has its number).
 *
 * One connection, one thread.
 */
#ifndef BLOCKCHAIN_FAMILY_RPC_H
#define BLOCKCHAIN_FAMILY_RPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "json/pull.h"
#include "json/read.h"

enum {
    RPC_URL_SIZE = 512,
    RPC_ANSWER_BYTES_MAX = 32 << 20, /* a raw block of 4 MB as hexadecimal digits, and room */
    RPC_CONNECT_TIMEOUT_MS = 2000
};

struct rpc;

struct rpc_answer {
    const char *result; /* JSON text, not terminated by a NUL */
    size_t length;
};

/* `authorities` stays the caller's, as long as the connection lives; see fetch.h. ERR_CONFIG: no http(s) URL. */
bool rpc_open(const char *url, long timeout_ms, const char *authorities, struct rpc **ret_rpc,
              struct err *err) MUST_CHECK;
void rpc_close(struct rpc *rpc); /* NULL is fine */

const char *rpc_label(const struct rpc *rpc); /* "http://127.0.0.1:19332/" */

/* `params`: the JSON text of an array. */
bool rpc_call(struct rpc *rpc, const char *method, const char *params,
              struct rpc_answer *ret_answer, struct err *err) MUST_CHECK;
/* The same, as a tree that the caller deletes (cJSON_Delete); null is a cJSON null. */
bool rpc_call_tree(struct rpc *rpc, const char *method, const char *params, cJSON **ret_result,
                   struct err *err) MUST_CHECK;
/* The same for a result that is one string: its characters, without quotes and escapes. */
bool rpc_call_text(struct rpc *rpc, const char *method, const char *params, const char **ret_text,
                   size_t *ret_length, struct err *err) MUST_CHECK;

/* Keeps what a JSON-RPC error says (rpc_call() does it by itself). Always false: ERR_NODE_REFUSED,
 * ERR_PEER_UNAVAILABLE or ERR_PROTOCOL. */
bool rpc_refused(struct rpc *rpc, struct json_slice error, const char *method, struct err *err);
/* Of the last ERR_NODE_REFUSED. */
int64_t rpc_error_code(const struct rpc *rpc);
const char *rpc_error_message(const struct rpc *rpc);

/* Any body (a batch of calls, say) and the whole text that comes back; `name` is for the stories. */
bool rpc_post(struct rpc *rpc, const char *name, const char *body, size_t length,
              struct rpc_answer *ret_answer, struct err *err) MUST_CHECK;

/* REST (custody): the URL of the node and `path`, which may begin with "/.." for each part of the URL's own
 * path that it leaves; the body may be NULL. Any status below 500 is an
 * answer but 401, 403, 429. `once`: fetch.h. */
bool rpc_rest(struct rpc *rpc, const char *method, const char *path, const char *body, bool once,
              long *ret_status, struct rpc_answer *ret_answer, struct err *err) MUST_CHECK;

/* Without what opens it: "http://u:p@h:1/x?key=1" to "http://h:1/...". */
void rpc_url_label(const char *url, char *buffer, size_t size);

#endif
