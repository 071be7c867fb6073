/*
 * http.h: the HTTP server. Routes are a table; a request walks one path:
 *
 *     route found -> server->before (who are you) -> parameters -> server->permit (may you)
 *     -> handler -> reply -> log and metrics, all in one place
 *
 * Modes say where a handler runs:
 *   HTTP_INLINE    on the loop thread; must not block: answers from memory
 *   HTTP_WORKER    on a thread of the bounded pool; may use SQL. Pool full: 503 at once
 *   HTTP_HEAVY     the same on a pool of its own, for what takes long (a password hash): however many
 *                  of these come, the others are answered
 *   HTTP_DEFERRED  starts on the loop thread, hands the request to another thread and returns with
 *                  http_defer(); that thread calls http_resume(); then `finish` runs on the loop
 *                  thread and replies. (Orders: many requests are committed together.)
 *
 * libmicrohttpd runs with one internal poll thread and suspend/resume: its epoll mode stalls for
 * good at 128 and 256 connections (tests/integration keeps a test at these counts).
 *
 * A request and all that it owns (arena, reply) belong to one thread at a time: loop -> worker or
 * writer -> loop. Nothing of it outlives the reply. Every limit is in struct http_limits.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "http/cookie.h"
#include "http/param.h"
#include "json/field.h"

struct http_server;
struct http_request;

enum http_mode { HTTP_INLINE, HTTP_WORKER, HTTP_HEAVY, HTTP_DEFERRED };

typedef void http_handler(struct http_request *request);

struct http_route {
    const char *method; /* "GET"; "*" (with a path that ends with a segment "*"): any verb */
    /* "/api/v2/market/orders/:id"; a segment ":x" takes any text without '/'; the last segment may
     * be "*": one or more segments, for which no other route is nearer. */
    const char *path;
    enum http_mode mode;
    http_handler *handler;
    http_handler *finish; /* HTTP_DEFERRED */
    const struct param *params;
    size_t params_size;    /* of the struct that `params` fills; 0: none */
    size_t body_bytes_max; /* 0: that of the server; uploads need more */
    const struct json_field *reply;
    bool reply_is_array;
    int status;                   /* of success; 0: GET 200, POST 201, PUT/PATCH/DELETE 200 */
    unsigned access;              /* meaning is the service's: read by `before` and `permit` */
    const char *action, *subject; /* RBAC, read by `permit`: "read", "Order" */
    const char *class_name;       /* for composed codes: "market.order" */
    const char *tag;              /* OpenAPI group: "public", "market" */
    const char *doc;              /* one sentence */
};

/* What is 0 has the default that is named here. Threads: one loop, `workers`,
 * `heavy_workers`, and one that cuts off clients that are slow on purpose. */
struct http_limits {
    unsigned connections_max;   /* 1200 */
    unsigned connection_bytes;  /* 16 KiB: request line and headers; above it 431 */
    size_t body_bytes_max;      /* 1 MiB: 413; a route may say otherwise */
    size_t arena_bytes_max;     /* 8 MiB: of one request's arena, and of its reply */
    unsigned workers;           /* threads of HTTP_WORKER routes; 0: there is no such route */
    unsigned workers_queue_max; /* 256: requests that wait for one */
    unsigned heavy_workers;     /* threads of HTTP_HEAVY routes, with a queue of their own */
    unsigned idle_timeout_s;    /* 60: a connection on which nothing happens */
    unsigned head_timeout_s; /* 10: for all headers; a body must then come at 1 KiB/s or faster */
};

/* Hooks return false with `err` set: the reply is that error. They run on the loop thread and must
 * not block; see http_move_to_worker(). */
typedef bool http_hook(struct http_request *request, const struct http_route *route,
                       struct err *err);

struct http_server_spec {
    const char *address;             /* "127.0.0.1" */
    uint16_t port;                   /* 0: any; see http_server_port() */
    const char *local_socket;        /* path of a Unix socket besides; NULL or "": none */
    const struct http_route *routes; /* ends with method NULL */
    struct http_limits limits;
    const struct clock *clock;
    void *app;         /* http_app(request) */
    http_hook *before; /* after the route is known, before parameters; NULL: none */
    http_hook *permit; /* after parameters; NULL: none */
    /* Turns an error into the reply body. NULL, or nothing written: {"errors":["key"]}, and a plain
     * string for METHOD_NOT_ALLOWED and BODY_INVALID, as the contract has it. */
    void (*error_body)(struct http_request *request, const struct err *err, struct str *out);
    /* The same for codes of parameters (422); NULL: {"errors":["code",...]}. */
    void (*codes_body)(struct http_request *request, const char *const *codes, size_t count,
                       struct str *out);
    /* Called for paths that no route knows, before 404: lets a protected prefix answer 401. */
    http_hook *unknown;
    /* Called once for each finished request (metrics). May be NULL. */
    void (*observe)(void *app, const struct http_route *route, int status, int64_t us);
    /* Called once in each worker thread before its first request, and at its end; per-thread state
     * (a database connection) is what http_worker_state() gives. May be NULL. */
    void *(*worker_open)(void *app);
    void (*worker_close)(void *app, void *state);
};

bool http_server_start(const struct http_server_spec *spec, struct http_server **ret_server,
                       struct err *err) MUST_CHECK;
uint16_t http_server_port(const struct http_server *server);
/* Stops accepting, lets what is in flight end (bounded by deadline_ms), frees. NULL is fine. */
void http_server_stop(struct http_server *server, int deadline_ms);

/* ---- the request ---- */

void *http_app(const struct http_request *request);
const struct http_route *http_route_of(const struct http_request *request);
const void *http_params(const struct http_request *request); /* the struct of the route */
struct arena *http_arena(struct http_request *request);
const char *http_header(const struct http_request *request, const char *name); /* NULL: absent */
/* The value of a cookie, in the arena; NULL: absent or ambiguous (cookie.h). */
const char *http_cookie(struct http_request *request, const char *name);
/* "" when the head of the request was refused before its path was read. */
const char *http_path_of(const struct http_request *request);
const char *http_method_of(const struct http_request *request);
const char *http_query_of(const struct http_request *request); /* as it came; "" if none */
bool http_has_query(const struct http_request *request);       /* a '?' with something behind it */
const char *http_body(const struct http_request *request, size_t *ret_length);
/* Whether the client sent this parameter at all (a market order must carry no price key). */
bool http_param_given(const struct http_request *request, const char *name);
/* How often a parameter of exactly this name was sent: protocols that allow it once refuse two. */
size_t http_param_count(const struct http_request *request, const char *name);
/* Replaces the parameters by those of a JSON object (the `data` of a signed payload). */
bool http_set_params_json(struct http_request *request, const char *text, size_t length,
                          struct err *err) MUST_CHECK;
const char *http_request_id(const struct http_request *request);
const struct clock *http_clock(const struct http_request *request);
void *http_worker_state(const struct http_request *request); /* NULL on the loop thread */

/* For a `before` that finds it must block (a member seen for the first time): returns false, and
 * so should the hook. The hook then runs once more on a worker thread, after which the request
 * goes on where its mode says. No worker free: 503. */
bool http_move_to_worker(struct http_request *request, struct err *err);
bool http_is_on_worker(const struct http_request *request);

/* One pointer of the service's own (the member of this request), set by `before`. */
void http_set_user(struct http_request *request, void *user);
void *http_user(const struct http_request *request);

/* ---- the reply: exactly one of these a request ---- */

void http_reply_object(struct http_request *request, const struct json_field *fields,
                       const void *object);
void http_reply_array(struct http_request *request, const struct json_field *fields,
                      const void *objects, size_t count, size_t size);
/* The text is copied. Content-Type application/json unless set by http_reply_header(). */
void http_reply_text(struct http_request *request, int status, const char *text, size_t length);
void http_reply_empty(struct http_request *request, int status);
/* Logs it (INTERNAL loudly, the rest at debug), maps code to status, Retry-After for RETRY. */
void http_reply_err(struct http_request *request, const struct err *err);
/* Several codes at once, status 422. */
void http_reply_codes(struct http_request *request, const char *const *codes, size_t count);
/* Before the reply. The value is copied. */
void http_reply_header(struct http_request *request, const char *name, const char *value);
/* Adds a Set-Cookie header. */
void http_reply_cookie(struct http_request *request, const struct cookie *cookie);
/* A builder of the request (ceiling: arena_bytes_max) for handlers that write JSON themselves;
 * finish with http_reply_built(). */
struct str *http_reply_builder(struct http_request *request);
void http_reply_built(struct http_request *request, int status);

/* ---- deferred requests ---- */

/*
 *     http_defer(request);                          // first: the connection is suspended
 *     if (!queue_push(orders, request)) {           // then give it away
 *         http_reply_err(request, &err);            // nobody took it: still ours
 *         http_resume(request);
 *     }
 *
 * The thread that has it may read http_params(), http_user(), http_app(), the arena, and may reply;
 * headers and body belong to the loop thread. With a reply, `finish` does not run. Each deferred
 * request must be resumed exactly once, even after http_server_stop() gave up on it: then its
 * client already has a 503, and http_resume() frees it.
 */
void http_defer(struct http_request *request);  /* on the loop thread */
void http_resume(struct http_request *request); /* on any thread; `finish` runs afterwards */

/* ---- documentation ---- */

struct openapi_info {
    const char *title, *version, *description;
    /* Behind an edge that rewrites paths: what routes begin with, and what the world writes instead.
     * NULL: as they are. */
    const char *route_base, *public_base;
    const char *license_name, *license_url; /* NULL: not said */
};
/* An OpenAPI 3.0 document of all routes for which `select` is true (NULL: all). */
void http_print_openapi(const struct http_route *routes, const struct openapi_info *info,
                        bool (*select)(const struct http_route *route), struct str *out);

#endif
