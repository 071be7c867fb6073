/*
 * /internal/matching: what a matching worker reads at its start and when it misses something. The
 * documents are those of libs/contract/protocol.h; the edge never shows these paths.
 */
#include "accounting/http/context.h"
#include "accounting/http/routes_member.h"
#include "accounting/store/matching_read.h"

#include <string.h>

/* ---- GET /internal/matching/markets ---- */

struct market_for_worker {
    const char *id, *state;
    int32_t price_precision, amount_precision;
};
#define AT(member) offsetof(struct market_for_worker, member)
static const struct json_field market_for_worker_fields[] = {
    {"id", JSON_TEXT, AT(id), .doc = "Market id."},
    {"state", JSON_TEXT, AT(state),
     .doc = "State. Orders of every state may have to be cancelled."},
    {"price_precision", JSON_I32, AT(price_precision), .doc = "A tick is 10^-this."},
    {"amount_precision", JSON_I32, AT(amount_precision), .doc = "A lot is 10^-this."},
    {NULL}};
#undef AT

static void markets(struct http_request *request)
{
    const struct catalog *catalog = request_catalog(request);
    struct err err;
    struct market_for_worker *list =
        arena_alloc(http_arena(request), (catalog->markets_count + 1) * sizeof(*list));
    size_t count = 0;
    if (catalog->version == 0 || !list) {
        err_set(&err, ERR_BUSY, "the catalog is not loaded yet");
        http_reply_err(request, &err);
        return;
    }
    for (size_t i = 0; i < catalog->markets_count; i++) {
        const struct market *market = &catalog->markets[i];
        if (strcmp(market->type, "spot") != 0)
            continue;
        list[count++] = (struct market_for_worker){.id = market->id,
                                                   .state = market_state_name(market->state),
                                                   .price_precision = market->price_precision,
                                                   .amount_precision = market->amount_precision};
    }
    http_reply_array(request, market_for_worker_fields, list, count, sizeof(*list));
}

/* ---- GET /internal/matching/snapshot, commands ---- */

struct feed_request {
    const char *market;
    struct param_i64 from;
};
#define MARKET_ROW                                                                                 \
    {                                                                                              \
        .name = "market", .kind = PARAM_TEXT, .offset = offsetof(struct feed_request, market),     \
        .flags = PARAM_REQUIRED, .doc = "Market id."                                               \
    }
static const struct param snapshot_params[] = {MARKET_ROW, PARAM_END};
static const struct param commands_params[] = {MARKET_ROW,
                                               {.name = "from",
                                                .kind = PARAM_I64,
                                                .offset = offsetof(struct feed_request, from),
                                                .flags = PARAM_REQUIRED | PARAM_RANGE,
                                                .min = 1,
                                                .max = INT64_MAX,
                                                .doc = "Sequence number of the first command."},
                                               PARAM_END};

static const struct market *market_or_reply(struct http_request *request)
{
    const struct feed_request *asked = http_params(request);
    const struct catalog *catalog = request_catalog(request);
    const struct market *market = catalog_market(catalog, asked->market);
    struct err err;
    if (market)
        return market;
    if (catalog->version == 0)
        err_set(&err, ERR_BUSY, "the catalog is not loaded yet");
    else
        err_set(&err, ERR_NOT_FOUND, "no market %.32s", asked->market);
    http_reply_err(request, &err);
    return NULL;
}

static void reply_bytes(struct http_request *request)
{
    http_reply_header(request, "Content-Type", "application/octet-stream");
    http_reply_built(request, 200);
}

static void snapshot(struct http_request *request)
{
    const struct market *market = market_or_reply(request);
    struct db *db = market ? request_db(request) : NULL;
    struct err err;
    if (!db)
        return;
    if (matching_snapshot(db, market, http_reply_builder(request), &err))
        reply_bytes(request);
    else
        http_reply_err(request, &err);
}

static void commands(struct http_request *request)
{
    const struct feed_request *asked = http_params(request);
    const struct market *market = market_or_reply(request);
    struct db *db = market ? request_db(request) : NULL;
    struct err err;
    if (!db)
        return;
    if (matching_commands(db, market->id, (uint64_t)asked->from.value, http_reply_builder(request),
                          &err))
        reply_bytes(request);
    else
        http_reply_err(request, &err);
}

#define FEED(tail)                                                                                 \
    .method = "GET", .path = "/api/v2/internal/matching/" tail, .access = ACCESS_INTERNAL,         \
    .class_name = "internal.matching", .tag = "internal"

const struct http_route internal_routes[] = {
    {FEED("markets"), .mode = HTTP_INLINE, .handler = markets, .reply = market_for_worker_fields,
     .reply_is_array = true, .doc = "The markets to match."},
    {FEED("snapshot"), .mode = HTTP_WORKER, .handler = snapshot, .params = snapshot_params,
     .params_size = sizeof(struct feed_request),
     .doc = "A market at its last settled command, application/octet-stream."},
    {FEED("commands"), .mode = HTTP_WORKER, .handler = commands, .params = commands_params,
     .params_size = sizeof(struct feed_request),
     .doc = "Command batches from a number on, application/octet-stream; empty if there are none."},
    {.method = NULL}};
