/* What CoinGecko reads of an exchange. Answered from memory, but for the history of trades. */
#include <string.h>

#include "accounting/http/context.h"
#include "accounting/http/public_support.h"
#include "accounting/http/routes_public.h"
#include "accounting/store/public_read.h"

enum { CG_DEPTH_MAX = 1000, CG_LIMIT_MAX = 1000, CG_HISTORY_MAX = 10000 };

/* ---- GET /pairs ---- */

struct pair_view {
    char ticker_id[PAIR_SIZE];
    char base[CURRENCY_ID_SIZE], target[CURRENCY_ID_SIZE];
};

static const struct json_field pair_fields[] = {
    {"ticker_id", JSON_CHARS, offsetof(struct pair_view, ticker_id), .doc = "BTC_USD."},
    {"base", JSON_CHARS, offsetof(struct pair_view, base), .doc = "Upper case."},
    {"target", JSON_CHARS, offsetof(struct pair_view, target), .doc = "Upper case."},
    {NULL},
};

static void pairs_list(struct http_request *request)
{
    const struct catalog *catalog = request_catalog(request);
    struct pair_view *views =
        public_alloc_or_reply(request, catalog->markets_count, sizeof(*views));
    if (!views)
        return;
    size_t count = 0;
    for (size_t i = 0; i < catalog->markets_count; i++) {
        const struct market *market = &catalog->markets[i];
        if (!market_is_enabled(market))
            continue;
        struct pair_view *view = &views[count++];
        market_pair(market, view->ticker_id);
        currency_code(market->base, view->base);
        currency_code(market->quote, view->target);
    }
    http_reply_array(request, pair_fields, views, count, sizeof(*views));
}

/* ---- GET /tickers ---- */

struct cg_ticker_view {
    struct pair_view pair;
    struct dec last_price, base_volume, target_volume, bid, ask, high, low;
};

#define AT(member) offsetof(struct cg_ticker_view, member)
static const struct json_field cg_ticker_fields[] = {
    {"ticker_id", JSON_CHARS, AT(pair.ticker_id), .doc = "BTC_USD."},
    {"base_currency", JSON_CHARS, AT(pair.base), .doc = "Upper case."},
    {"target_currency", JSON_CHARS, AT(pair.target), .doc = "Upper case."},
    {"last_price", JSON_DEC, AT(last_price), .doc = "Last price."},
    {"base_volume", JSON_DEC, AT(base_volume), .doc = "Turnover of 24 hours, base."},
    {"target_volume", JSON_DEC, AT(target_volume), .doc = "Turnover of 24 hours, quote."},
    {"bid", JSON_DEC, AT(bid), .doc = "Highest bid; 0.0: none."},
    {"ask", JSON_DEC, AT(ask), .doc = "Lowest ask; 0.0: none."},
    {"high", JSON_DEC, AT(high), .doc = "Highest price of 24 hours."},
    {"low", JSON_DEC, AT(low), .doc = "Lowest price of 24 hours."},
    {NULL},
};
#undef AT

static void tickers_list(struct http_request *request)
{
    const struct catalog *catalog = request_catalog(request);
    struct cg_ticker_view *views =
        public_alloc_or_reply(request, catalog->markets_count, sizeof(*views));
    if (!views)
        return;
    size_t count = 0;
    for (size_t i = 0; i < catalog->markets_count; i++) {
        const struct market *market = &catalog->markets[i];
        struct ticker ticker;
        if (!market_is_enabled(market))
            continue;
        market_ticker_now(request, market, &ticker);
        struct cg_ticker_view *view = &views[count++];
        *view = (struct cg_ticker_view){
            .last_price = ticker.last,
            .base_volume = ticker.amount,
            .target_volume = ticker.volume,
            .bid = market_best_price(request, market, SIDE_BUY),
            .ask = market_best_price(request, market, SIDE_SELL),
            .high = ticker.high,
            .low = ticker.low,
        };
        market_pair(market, view->pair.ticker_id);
        currency_code(market->base, view->pair.base);
        currency_code(market->quote, view->pair.target);
    }
    http_reply_array(request, cg_ticker_fields, views, count, sizeof(*views));
}

/* ---- GET /orderbook ---- */

#define TICKER_ID_ROW(type)                                                                        \
    {                                                                                              \
        .name = "ticker_id", .kind = PARAM_TEXT, .offset = offsetof(type, ticker_id),              \
        .flags = PARAM_REQUIRED, .doc = "BTC_USD."                                                 \
    }

struct book_request {
    const char *ticker_id;
    struct param_i64 depth;
};

static const struct param book_params[] = {
    TICKER_ID_ROW(struct book_request),
    {.name = "depth",
     .kind = PARAM_I64,
     .offset = offsetof(struct book_request, depth),
     .flags = PARAM_RANGE,
     .min = 0,
     .max = CG_DEPTH_MAX,
     .type_code = "coingecko.market_depth.non_integer_depth",
     .value_code = "coingecko.market_depth.invalid_depth",
     .doc = "Levels of both sides together; 0 or none: all."},
    PARAM_END,
};

static void book_show(struct http_request *request)
{
    const struct book_request *asked = http_params(request);
    const struct market *market = market_of_pair_or_reply(request, asked->ticker_id);
    char pair[PAIR_SIZE];
    if (!market)
        return;
    struct str *out = http_reply_builder(request);
    str_add(out, "{\"ticker_id\":");
    json_write_string(out, market_pair(market, pair));
    str_add(out, ",\"timestamp\":");
    str_add_i64(out, clock_now_us(http_clock(request)) / 1000);
    str_add_char(out, ',');
    if (!depth_write_or_reply(request, out, market->id, depth_per_side(&asked->depth)))
        return;
    str_add_char(out, '}');
    http_reply_built(request, 200);
}

/* ---- GET /historical_trades ---- */

struct history_request {
    const char *ticker_id, *type;
    struct param_i64 limit, start_time, end_time;
};

#define AT(member) offsetof(struct history_request, member)
static const struct param history_params[] = {
    TICKER_ID_ROW(struct history_request),
    {.name = "type",
     .kind = PARAM_TEXT,
     .offset = AT(type),
     .values = "buy sell",
     .value_code = "coingecko.historical_trades.invalid_type",
     .doc = "Only trades whose taker was on this side."},
    {.name = "limit",
     .kind = PARAM_I64,
     .offset = AT(limit),
     .flags = PARAM_RANGE,
     .min = 0,
     .max = CG_LIMIT_MAX,
     .type_code = "coingecko.historical_trades.invalid_limit",
     .value_code = "coingecko.historical_trades.invalid_limit",
     .doc = "Number of trades; 0 or none: the last 10000."},
    {.name = "start_time",
     .kind = PARAM_TIME,
     .offset = AT(start_time),
     .doc = "Not before this date or time."},
    {.name = "end_time",
     .kind = PARAM_TIME,
     .offset = AT(end_time),
     .doc = "Not after this date or time."},
    PARAM_END,
};
#undef AT

struct cg_trade_view {
    uint64_t trade_id;
    struct dec price, base_volume, target_volume;
    int64_t trade_timestamp;
    const char *type;
};

#define AT(member) offsetof(struct cg_trade_view, member)
static const struct json_field cg_trade_fields[] = {
    {"trade_id", JSON_U64, AT(trade_id), .doc = "Trade id."},
    {"price", JSON_DEC_NUMBER, AT(price), .doc = "Price."},
    {"base_volume", JSON_DEC_NUMBER, AT(base_volume), .doc = "Amount."},
    {"target_volume", JSON_DEC_NUMBER, AT(target_volume), .doc = "Price times amount."},
    {"trade_timestamp", JSON_TIME_MS, AT(trade_timestamp), .doc = "Unix time in milliseconds."},
    {"type", JSON_TEXT, AT(type), .doc = "Side of the taker: buy or sell."},
    {NULL},
};
#undef AT

struct history_view {
    struct cg_trade_view *sides[2]; /* by enum side */
    size_t counts[2];
};

static const struct json_field history_fields[] = {
    {"buy", JSON_ARRAY, offsetof(struct history_view, sides[SIDE_BUY]), .sub = cg_trade_fields,
     .sub_size = sizeof(struct cg_trade_view),
     .count_offset = offsetof(struct history_view, counts[SIDE_BUY]), .doc = "Takers who bought."},
    {"sell", JSON_ARRAY, offsetof(struct history_view, sides[SIDE_SELL]), .sub = cg_trade_fields,
     .sub_size = sizeof(struct cg_trade_view),
     .count_offset = offsetof(struct history_view, counts[SIDE_SELL]), .doc = "Takers who sold."},
    {NULL},
};

static void take_trade_row(void *arg, const struct trade_row *row)
{
    struct history_view *view = arg;
    assert(row->taker_side == SIDE_BUY || row->taker_side == SIDE_SELL);
    view->sides[row->taker_side][view->counts[row->taker_side]++] = (struct cg_trade_view){
        .trade_id = row->id,
        .price = row->price,
        .base_volume = row->amount,
        .target_volume = row->total,
        .trade_timestamp = row->created_at,
        .type = side_name(row->taker_side),
    };
}

static void history_list(struct http_request *request)
{
    const struct history_request *asked = http_params(request);
    const struct market *market = market_of_pair_or_reply(request, asked->ticker_id);
    struct db *db = market ? request_db(request) : NULL;
    if (!db)
        return;
    struct trade_filter filter = {
        .market_id = market->id,
        .has_side = asked->type != NULL,
        .taker_side = asked->type && asked->type[0] == 'b' ? SIDE_BUY : SIDE_SELL,
        .from_us = asked->start_time.value,
        .to_us = asked->end_time.value,
        .limit = asked->limit.value > 0 ? (size_t)asked->limit.value : CG_HISTORY_MAX,
    };
    struct history_view view = {0};
    for (size_t i = 0; i < ARRAY_LEN(view.sides); i++) {
        view.sides[i] = public_alloc_or_reply(request, filter.limit, sizeof(*view.sides[i]));
        if (!view.sides[i])
            return;
    }
    struct err err;
    if (trades_filtered_read(db, &filter, take_trade_row, &view, &err))
        http_reply_object(request, history_fields, &view);
    else
        http_reply_err(request, &err);
}

const struct http_route coingecko_routes[] = {
    {.method = "GET",
     .path = "/api/v2/coingecko/pairs",
     .mode = HTTP_INLINE,
     .handler = pairs_list,
     .reply = pair_fields,
     .reply_is_array = true,
     .access = ACCESS_PUBLIC,
     .class_name = "coingecko.pair",
     .tag = "coingecko",
     .doc = "Enabled markets."},
    {.method = "GET",
     .path = "/api/v2/coingecko/tickers",
     .mode = HTTP_INLINE,
     .handler = tickers_list,
     .reply = cg_ticker_fields,
     .reply_is_array = true,
     .access = ACCESS_PUBLIC,
     .class_name = "coingecko.ticker",
     .tag = "coingecko",
     .doc = "Tickers of enabled markets."},
    {.method = "GET",
     .path = "/api/v2/coingecko/orderbook",
     .mode = HTTP_INLINE,
     .handler = book_show,
     .params = book_params,
     .params_size = sizeof(struct book_request),
     .access = ACCESS_PUBLIC,
     .class_name = "coingecko.orderbook",
     .tag = "coingecko",
     .doc = "Price levels of a market."},
    {.method = "GET",
     .path = "/api/v2/coingecko/historical_trades",
     .mode = HTTP_WORKER,
     .handler = history_list,
     .params = history_params,
     .params_size = sizeof(struct history_request),
     .reply = history_fields,
     .access = ACCESS_PUBLIC,
     .class_name = "coingecko.historicaltrade",
     .tag = "coingecko",
     .doc = "Trades of a market by the side of the taker, newest first."},
    {.method = NULL},
};
