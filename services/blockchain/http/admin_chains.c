/* /admin: the same for operators, and what is parked. */
#include "blockchain/http/chain_control.h"
#include "blockchain/http/chain_view.h"
#include "blockchain/http/context.h"
#include "blockchain/http/explain_view.h"
#include "blockchain/http/routes_admin.h"
#include "blockchain/store/parked.h"

enum { PARKED_SHOWN_MAX = 500 };

struct parked_form {
    const char *chain;
    struct param_i64 limit;
};
#define AT(member) offsetof(struct parked_form, member)
static const struct param parked_params[] = {
    {.name = "chain", .kind = PARAM_TEXT, .offset = AT(chain), .doc = "Only of this chain."},
    {.name = "limit",
     .kind = PARAM_I64,
     .offset = AT(limit),
     .flags = PARAM_RANGE,
     .min = 1,
     .max = PARKED_SHOWN_MAX,
     .fallback = "100",
     .doc = "How many at most, the newest first."},
    PARAM_END};
#undef AT

static void parked(struct http_request *request)
{
    const struct parked_form *form = http_params(request);
    struct db *db = request_db(request);
    struct parked_row *rows;
    size_t count;
    struct err err;
    if (!db)
        return;
    if (!parked_list(db, http_arena(request), form->chain, (size_t)form->limit.value, &rows, &count,
                     &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct parked_shown *shown = arena_alloc(http_arena(request), (count + 1) * sizeof(*shown));
    if (!shown) {
        err_set(&err, ERR_BUSY, "no memory for a request");
        http_reply_err(request, &err);
        return;
    }
    for (size_t i = 0; i < count; i++)
        shown[i] = parked_show(&rows[i]);
    http_reply_array(request, parked_fields, shown, count, sizeof(*shown));
}

struct retry_form {
    struct param_i64 id;
};
static const struct param retry_params[] = {{.name = "id",
                                             .kind = PARAM_I64,
                                             .offset = offsetof(struct retry_form, id),
                                             .flags = PARAM_IN_PATH | PARAM_REQUIRED,
                                             .doc = "Number of the parked part."},
                                            PARAM_END};

static void retry(struct http_request *request)
{
    const struct retry_form *form = http_params(request);
    struct db *db = request_db(request);
    struct err err;
    if (!db)
        return;
    if (parked_hasten(db, (uint64_t)form->id.value, clock_now_us(http_clock(request)), &err))
        http_reply_empty(request, 202);
    else
        http_reply_err(request, &err);
}

#define ROUTE(verb, rest)                                                                          \
    .method = (verb), .path = "/api/v2/admin/" rest, .mode = HTTP_WORKER, .access = ACCESS_ADMIN,  \
    .class_name = "blockchain.chain", .tag = "admin", .status = 200
#define OF_CHAIN .params = chain_key_params, .params_size = sizeof(struct chain_request)

const struct http_route admin_chain_routes[] = {
    {ROUTE("GET", "chains"), .handler = chain_list, .reply = chain_fields, .reply_is_array = true,
     .doc = "The chains: height, lag, providers and why one is not ready."},
    {ROUTE("GET", "chains/:key"), OF_CHAIN, .handler = chain_get, .reply = chain_fields,
     .doc = "One of them."},
    {ROUTE("POST", "chains/:key/pause"), OF_CHAIN, .handler = chain_pause, .reply = pause_fields,
     .doc = "Stop following the chain."},
    {ROUTE("POST", "chains/:key/resume"), OF_CHAIN, .handler = chain_resume, .reply = pause_fields,
     .doc = "Follow it again, from where it stopped."},
    {ROUTE("POST", "chains/:key/blocks/:height/scan"), .handler = chain_scan, .params = scan_params,
     .params_size = sizeof(struct scan_form), .reply = scan_fields,
     .doc = "Look at a block again; what is known already stays as it is."},
    {ROUTE("GET", "explain/:key/tx/:txid"), .handler = explain_tx_show, .params = explain_tx_params,
     .params_size = sizeof(struct explain_form), .reply = tx_story_fields,
     .doc = "What became of a transaction, and why."},
    {ROUTE("GET", "explain/:key/address/:address"), .handler = explain_address_show,
     .params = explain_address_params, .params_size = sizeof(struct explain_form),
     .reply = address_story_fields, .doc = "What an address is, and what came to it."},
    {ROUTE("GET", "explain/payout/:id"), .handler = explain_payout_show,
     .params = explain_payout_params, .params_size = sizeof(struct explain_form),
     .reply = payout_story_fields, .doc = "Where a payout stands, and why."},
    {ROUTE("GET", "parked"), .handler = parked, .params = parked_params,
     .params_size = sizeof(struct parked_form), .reply = parked_fields, .reply_is_array = true,
     .doc = "Parts of blocks that could not be understood."},
    {ROUTE("POST", "parked/:id/retry"), .handler = retry, .params = retry_params,
     .params_size = sizeof(struct retry_form), .doc = "Try one again now (202)."},
    {.method = NULL}};
