/*
 * private.h: what the files of this folder share. Nobody else includes it, but its tests.
 *
 * A request goes through these files:
 *
 *     server.c     libmicrohttpd calls in: request line, headers, body, resumed, completed
 *     headers.c    what the headers may look like
 *     target.c     the request target: path and query, decoded once
 *     router.c     path and verb -> route
 *     chain.c      before -> parameters -> permit -> handler
 *     values.c     query, form and JSON as one list of named values
 *     multipart.c  a form with files, cut into its parts
 *     param.c      the list of values -> the struct of the route, or codes
 *     convert.c    one text -> one typed value
 *     workers.c    the pool of threads
 *     away.c       requests that are with another thread
 *     reply.c      the answer
 *     slow.c       clients that take too long for any of it
 *     local.c      connections by a Unix socket
 */
#ifndef HTTP_PRIVATE_H
#define HTTP_PRIVATE_H

#include <cjson/cJSON.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/queue.h"
#include "http/http.h"
#include "http/multipart.h"

enum {
    HTTP_REQUEST_MAGIC = 0x48545251,
    SEGMENTS_MAX = 16,
    HEADERS_MAX = 100,
    QUERY_PAIRS_MAX = 100,
    FORM_PAIRS_MAX = 1000,
    REPLY_HEADERS_MAX = 16,
    REQUEST_ID_MAX = 64,
    POOL_MAX = 256,             /* idle request objects that are kept */
    KEPT_BYTES_MAX = 16 * 1024, /* of a buffer that goes back to the pool with its request */
    BODIES_BYTES_MAX = 64 * 1024 * 1024, /* of all bodies that are held at one time */
    DISCARD_FACTOR = 4 /* so many times the limit of the body is read and thrown away for a 413 */
};

/* ---- routes (router.c) ---- */

enum verb {
    VERB_GET,
    VERB_POST,
    VERB_PUT,
    VERB_PATCH,
    VERB_DELETE,
    VERB_ROUTED, /* have routes */
    VERB_HEAD = VERB_ROUTED,
    VERB_OPTIONS,
    VERB_OTHER
};

struct router;

struct route_match {
    const struct http_route *route; /* NULL: no route with this verb */
    unsigned verbs; /* bits 1 << verb of all routes with this path; 0: no such path */
};

/* The routes must outlive the router. False: a route is malformed or given twice. */
bool router_new(const struct http_route *routes, struct router **ret_router, struct err *err)
    MUST_CHECK;
void router_free(struct router *router); /* NULL is fine */
struct route_match router_find(const struct router *router, enum verb verb,
                               const char *const *segments, size_t count);
/* Number of the segment ":name" in the path of a route; -1: it has none. */
int route_segment(const struct http_route *route, const char *name);
int route_status(const struct http_route *route);
enum verb verb_parse(const char *method);
const char *verb_name(enum verb verb);

/* ---- targets (target.c) ---- */

struct target {
    char *path;                         /* decoded; no slash at its end */
    const char *query;                  /* as it came, behind the '?'; "" if none */
    const char *segments[SEGMENTS_MAX]; /* of the path */
    size_t segments_count;              /* above SEGMENTS_MAX: too many, no route has so many */
};

/* Changes `raw`. ERR_REQUEST_INVALID for everything that two programs could understand
 * differently. */
bool target_parse(char *raw, struct arena *arena, struct target *ret_target, struct err *err)
    MUST_CHECK;

/* Decodes "%41" (and '+' for a blank) in place. False: a bad escape, a NUL, or no UTF-8. */
bool percent_decode(char *text, bool plus_is_blank, size_t *ret_length) MUST_CHECK;

/* ---- values (values.c) ---- */

struct value {
    const char *name;
    const char *text;              /* NULL: null, or `node` is an object or array */
    const cJSON *node;             /* from a JSON body; else NULL */
    const struct param_file *file; /* from multipart/form-data; then there is no text */
    struct value *next;
};

/* In the order of arrival: query, then body. Of equal names the last counts. */
struct values {
    struct value *first, *last;
    size_t count;
};

bool values_add_pairs(struct values *values, char *text, size_t pairs_max, struct arena *arena,
                      struct err *err) MUST_CHECK;
/* The tree must live as long as the values. */
bool values_add_tree(struct values *values, const cJSON *object, struct arena *arena,
                     struct err *err) MUST_CHECK;
/* Text fields as texts, files as files; the body must live as long as the values. */
bool values_add_multipart(struct values *values, const struct multipart *form, struct arena *arena,
                          struct err *err) MUST_CHECK;
/* The last one of this name; NULL: none. */
const struct value *values_find(const struct values *values, const char *name);

/* ---- requests ---- */

enum stage {
    STAGE_HEADERS, /* the request line was seen */
    STAGE_BODY,    /* reading the body */
    STAGE_BEFORE,  /* `before` runs on a worker */
    STAGE_HANDLER, /* the handler runs: here, on a worker, or somewhere else */
    STAGE_SENT     /* the reply is with libmicrohttpd */
};

/* Who may touch a request that was given away. */
enum away {
    AWAY_NOT,      /* the loop thread */
    AWAY_GONE,     /* the thread that it was given to */
    AWAY_BACK,     /* the loop thread, as soon as the connection is resumed */
    AWAY_ABANDONED /* the thread that it was given to; the connection was answered without it */
};

struct slow_link;

struct reply_header {
    const char *name, *value;
};

struct http_request {
    uint32_t magic;
    enum stage stage;
    struct http_server *server;
    struct MHD_Connection *connection;
    struct slow_link *slow; /* of the connection; NULL: not watched */
    void *app;
    const struct clock *clock;
    struct arena *arena;

    enum verb verb;
    const char *method;
    char *raw_target;
    struct target target;
    char id[REQUEST_ID_MAX + 1];
    const struct http_route *route;
    unsigned verbs; /* of the path */
    int64_t started_us;

    struct str body;
    bool body_too_large, body_refused;
    uint64_t body_announced, body_received; /* Content-Length; and what has come */
    bool is_json, is_form, is_multipart, has_media_type;
    bool has_query;
    struct values values;
    bool values_are_set; /* by http_set_params_json() */
    void *params;

    struct str reply;
    int status;
    bool is_replied, must_close;
    struct reply_header headers[REPLY_HEADERS_MAX];
    size_t headers_count;
    bool has_content_type;

    void *user, *worker_state;
    bool wants_worker, on_worker; /* `before` asked for a worker thread; runs on one */
    atomic_int away;              /* enum away */
    atomic_int abandoned_releases;
    bool is_counted_away, is_listed, is_in_flight;
    size_t body_counted;                  /* in server->bodies_bytes */
    struct http_request *next, *previous; /* idle in the pool, or in the list of deferred ones */
};

/* ---- the pools of threads that may block (workers.c) ---- */

enum pool { POOL_WORKERS, POOL_HEAVY, POOLS_COUNT };

struct workers {
    struct http_server *server;
    struct queue *work; /* of struct http_request */
    pthread_t *threads;
    unsigned count;
};

struct http_server {
    struct http_server_spec spec;
    struct http_limits limits;
    struct router *router;
    struct MHD_Daemon *daemon;
    uint16_t port;
    int listen_fd; /* after quiesce: ours to close */
    struct {
        int fd, stop_fd; /* -1: there is none */
        pthread_t thread;
        bool runs;
    } local; /* the Unix socket */
    atomic_bool stopping;
    atomic_int in_flight; /* dispatched and not completed */
    atomic_int away;      /* suspended */

    /* Of the loop thread only. */
    struct http_request *pool;
    size_t pool_count;
    size_t bodies_bytes;
    uint64_t id_prefix, id_next;
    const struct http_request *deferred_now; /* http_defer() was called in this handler */

    atomic_int resuming; /* calls of MHD_resume_connection() that have not returned */

    pthread_mutex_t lock;
    struct http_request *deferred; /* given away by http_defer(); under `lock` */
    struct slow_link *links;       /* all connections; under `lock` */
    bool has_watch, watch_ends;
    pthread_t watch;
    pthread_cond_t watch_wake;

    struct workers pools[POOLS_COUNT];
};

/* request.c */
struct http_request *request_new(struct http_server *server);
void request_free(struct http_request *request);
void request_recycle(struct http_request *request); /* empty and usable again */

/* headers.c: false: refused, with `err`. */
bool headers_check(struct http_request *request, const char *version, struct err *err) MUST_CHECK;

/* chain.c: runs until there is a reply (false), or the request was given away (true). */
bool chain_run(struct http_request *request);
bool chain_continue(struct http_request *request); /* back on the loop thread */
void chain_work(struct http_request *request);     /* on a worker thread */

/* param.c: the struct of the route is filled; else the codes are there. */
struct codes {
    const char *items[PARAM_CODES_MAX];
    size_t count;
};
void params_read(struct http_request *request, const struct http_route *route, struct codes *codes);

/* convert.c */
bool param_convert(const struct param *row, const char *text, void *params) MUST_CHECK;
bool param_keeps_rule(const struct param *row, const void *params);
bool word_is_in(const char *words, const char *text);

/* reply.c */
enum MHD_Result reply_send(struct http_request *request);
enum MHD_Result reply_send_abandoned(struct MHD_Connection *connection);

/* workers.c */
bool workers_start(struct http_server *server, struct err *err) MUST_CHECK;
void workers_stop(struct http_server *server); /* waits for those that run */
void workers_free(struct http_server *server);
/* Suspends the request and gives it to a worker of the pool. False: the queue is full, nothing happened. */
bool workers_give(struct http_request *request, enum pool pool) MUST_CHECK;

/* slow.c: what a request is doing now, so that a client that stalls it is cut off */
bool slow_start(struct http_server *server, struct err *err) MUST_CHECK;
void slow_stop(struct http_server *server); /* after the daemon */
void slow_on_connection(void *user, struct MHD_Connection *connection, void **context,
                        enum MHD_ConnectionNotificationCode code);
void slow_begin(struct http_request *request);
void slow_reading_body(struct http_request *request, uint64_t bytes);
void slow_handling(struct http_request *request);
void slow_sending(struct http_request *request, uint64_t bytes);
void slow_end(struct http_request *request);

/* local.c: after the daemon has started, and before it stops; does nothing without a path. */
bool local_start(struct http_server *server, struct err *err) MUST_CHECK;
void local_stop(struct http_server *server);

/* away.c */
void away_begin(struct http_request *request); /* suspends; then give it away */
void away_end(struct http_request *request);   /* on the loop thread; may be called twice */
void away_abandon_all(struct http_server *server);
void away_let_go(struct http_request *request); /* the loop's side of an abandoned request */

#endif
