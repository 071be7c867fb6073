/*
 * The face of a market: depth, order book, trades, tickers, k-lines. All but the order book and the
 * k-lines are answered from memory (marketdata/); nothing is cached but order books that were dear.
 */
#include <string.h>

#include "accounting/http/book_cache.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_order.h"
#include "accounting/http/entities_public.h"
#include "accounting/http/public_support.h"
#include "accounting/http/routes_public.h"
#include "accounting/marketdata/kline.h"
#include "accounting/store/candles.h"
#include "accounting/store/public_read.h"
#include "base/auto.h"

enum { UNIX_TEXT_SIZE = 24 };

/* ":market" of the path, of every request struct below. */
#define MARKET_ROW(type)                                                                           \
    {                                                                                              \
        .name = "market", .kind = PARAM_TEXT, .offset = offsetof(type, market),                    \
        .flags = PARAM_REQUIRED | PARAM_IN_PATH, .check = public_market_is_listed,                 \
        .value_code = "public.market.doesnt_exist", .doc = "Market id."                            \
    }

static int64_t now_s(const struct http_request *request)
{
    return clock_now_us(http_clock(request)) / 1000000;
}

/* ---- GET /markets/:market/depth ---- */

struct depth_request {
    const char *market;
    struct param_i64 limit;
};

static const struct param depth_params[] = {
    MARKET_ROW(struct depth_request),
    {.name = "limit",
     .kind = PARAM_I64,
     .offset = offsetof(struct depth_request, limit),
     .flags = PARAM_RANGE,
     .min = 1,
     .max = DEPTH_LIMIT_MAX,
     .fallback = "300",
     .type_code = "public.market_depth.non_integer_limit",
     .value_code = "public.market_depth.invalid_limit",
     .doc = "Levels of each side."},
    PARAM_END,
};

static void depth_show(struct http_request *request)
{
    const struct depth_request *asked = http_params(request);
    struct str *out = http_reply_builder(request);
    str_add(out, "{\"timestamp\":");
    str_add_i64(out, now_s(request));
    str_add_char(out, ',');
    if (!depth_write_or_reply(request, out, asked->market, (size_t)asked->limit.value))
        return;
    str_add_char(out, '}');
    http_reply_built(request, 200);
}

/* ---- GET /markets/:market/trades ---- */

struct trades_request {
    const char *market;
    struct param_i64 limit, timestamp; /* the time is validated, and means nothing */
    const char *order_by;              /* the same */
};

static const struct param trades_params[] = {
    MARKET_ROW(struct trades_request),
    {.name = "limit",
     .kind = PARAM_I64,
     .offset = offsetof(struct trades_request, limit),
     .flags = PARAM_RANGE,
     .min = 1,
     .max = RECENT_TRADES_MAX,
     .fallback = "100",
     .type_code = "public.trade.non_integer_limit",
     .value_code = "public.trade.invalid_limit",
     .doc = "Number of trades."},
    {.name = "timestamp",
     .kind = PARAM_I64,
     .offset = offsetof(struct trades_request, timestamp),
     .type_code = "public.trade.non_integer_timestamp",
     .doc = "Validated and ignored."},
    {.name = "order_by",
     .kind = PARAM_TEXT,
     .offset = offsetof(struct trades_request, order_by),
     .values = "asc desc",
     .value_code = "public.trade.invalid_order_by",
     .doc = "Validated and ignored: the newest come first."},
    PARAM_END,
};

static void trades_list(struct http_request *request)
{
    const struct trades_request *asked = http_params(request);
    size_t limit = (size_t)asked->limit.value;
    struct public_trade *trades = public_alloc_or_reply(request, limit, sizeof(*trades));
    if (!trades)
        return;
    size_t count =
        market_recent_trades(request_app(request)->market_data, asked->market, limit, trades);
    struct public_trade_view *views = public_alloc_or_reply(request, count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < count; i++)
        views[i] = public_trade_view_of(asked->market, &trades[i]);
    http_reply_array(request, public_trade_fields, views, count, sizeof(*views));
}

/* ---- GET /markets/:market/order-book ---- */

struct book_request {
    const char *market;
    struct param_i64 asks_limit, bids_limit;
};

struct book_view {
    const struct order_view *asks, *bids;
    size_t asks_count, bids_count;
};

static const struct json_field book_fields[] = {
    {"asks", JSON_ARRAY, offsetof(struct book_view, asks), .sub = order_fields,
     .sub_size = sizeof(struct order_view), .count_offset = offsetof(struct book_view, asks_count),
     .doc = "Waiting sell orders, the cheapest first."},
    {"bids", JSON_ARRAY, offsetof(struct book_view, bids), .sub = order_fields,
     .sub_size = sizeof(struct order_view), .count_offset = offsetof(struct book_view, bids_count),
     .doc = "Waiting buy orders, the dearest first."},
    {NULL},
};

#define BOOK_LIMIT_ROW(key, side_name)                                                             \
    {                                                                                              \
        .name = #key, .kind = PARAM_I64, .offset = offsetof(struct book_request, key),             \
        .flags = PARAM_RANGE, .min = 1, .max = BOOK_ORDERS_MAX, .fallback = "20",                  \
        .type_code = "public.order_book.non_integer_" side_name "_limit",                          \
        .value_code = "public.order_book.invalid_" side_name "_limit",                             \
        .doc = "Orders of this side."                                                              \
    }

static const struct param book_params[] = {
    MARKET_ROW(struct book_request),
    BOOK_LIMIT_ROW(asks_limit, "ask"),
    BOOK_LIMIT_ROW(bids_limit, "bid"),
    PARAM_END,
};

/* The best orders of a side, as text. The depth in memory says how far down they reach: as many
 * orders never lie on more levels. False: the reply is made. */
static bool read_side(struct http_request *request, struct db *db, const char *market_id,
                      enum side side, struct book_side *book)
{
    struct err err;
    struct depth_level levels[BOOK_ORDERS_MAX];
    size_t count =
        market_depth(request_app(request)->market_data, market_id, side, BOOK_ORDERS_MAX, levels);
    struct order *orders = public_alloc_or_reply(request, BOOK_ORDERS_MAX, sizeof(*orders));
    if (!orders)
        return false;
    if (count > 0 && !book_orders_read(db, market_id, side, levels[count - 1].price,
                                       BOOK_ORDERS_MAX, orders, &count, &err)) {
        http_reply_err(request, &err);
        return false;
    }
    const struct market *market = catalog_market(request_catalog(request), market_id);
    for (size_t i = 0; i < count; i++) {
        struct order_view view;
        order_view_fill(&view, &orders[i], market);
        json_write_object(&book->text, order_fields, &view);
        book->ends[i] = book->text.length;
    }
    book->count = count;
    return true;
}

static void reply_book(struct http_request *request, const struct book_request *asked,
                       struct book_text *book)
{
    struct book_cache *cache = request_app(request)->book_cache;
    const struct clock *clock = http_clock(request);
    int64_t begin_us = clock_monotonic_us(clock);
    struct db *db = request_db(request);
    if (!db || !read_side(request, db, asked->market, SIDE_SELL, &book->sides[SIDE_SELL]) ||
        !read_side(request, db, asked->market, SIDE_BUY, &book->sides[SIDE_BUY])) {
        book_cache_give_up(cache, asked->market);
        return;
    }
    book_text_write(http_reply_builder(request), book, (size_t)asked->asks_limit.value,
                    (size_t)asked->bids_limit.value);
    int64_t end_us = clock_monotonic_us(clock);
    book_cache_put(cache, asked->market, end_us, end_us - begin_us, book);
    http_reply_built(request, 200);
}

static void book_show(struct http_request *request)
{
    const struct book_request *asked = http_params(request);
    if (book_cache_get(request_app(request)->book_cache, asked->market,
                       clock_monotonic_us(http_clock(request)), http_reply_builder(request),
                       (size_t)asked->asks_limit.value, (size_t)asked->bids_limit.value)) {
        http_reply_built(request, 200);
        return;
    }
    struct book_text book;
    book_text_init(&book);
    reply_book(request, asked, &book);
    book_text_release(&book);
}

/* ---- GET /markets/:market/k-line ---- */

enum { KLINE_LIMIT_MAX = 10000 };

struct kline_params {
    const char *market;
    struct param_i64 period, time_from, time_to, limit;
};

static bool is_period(struct http_request *request, const char *text)
{
    int64_t minutes;
    enum candle_period period;
    (void)request;
    return str_to_i64(text, &minutes) && candle_period_find(minutes, &period);
}

#define AT(member) offsetof(struct kline_params, member)
static const struct param kline_params[] = {
    MARKET_ROW(struct kline_params),
    {.name = "period",
     .kind = PARAM_I64,
     .offset = AT(period),
     .fallback = "1",
     .check = is_period,
     .type_code = "public.k_line.non_integer_period",
     .value_code = "public.k_line.invalid_period",
     .doc = "Minutes: 1, 5, 15, 30, 60, 120, 240, 360, 720, 1440, 4320 or 10080."},
    {.name = "time_from",
     .kind = PARAM_I64,
     .offset = AT(time_from),
     .flags = PARAM_NOT_BLANK,
     .type_code = "public.k_line.non_integer_time_from",
     .doc = "Unix time of the first point."},
    {.name = "time_to",
     .kind = PARAM_I64,
     .offset = AT(time_to),
     .flags = PARAM_NOT_BLANK,
     .type_code = "public.k_line.non_integer_time_to",
     .doc = "Unix time of the last point; with time_from the limit does not count."},
    {.name = "limit",
     .kind = PARAM_I64,
     .offset = AT(limit),
     .flags = PARAM_RANGE,
     .min = 1,
     .max = KLINE_LIMIT_MAX,
     .fallback = "30",
     .type_code = "public.k_line.non_integer_limit",
     .value_code = "public.k_line.invalid_limit",
     .doc = "Number of points: the first from time_from on, else the last."},
    PARAM_END,
};
#undef AT

static void write_point(void *arg, const struct candle *point)
{
    struct str *out = arg;
    const struct dec values[] = {point->open, point->high, point->low, point->close, point->amount};
    str_add(out, out->length > 1 ? ",[" : "[");
    str_add_i64(out, point->at_s);
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        str_add_char(out, ',');
        json_write_dec_number(out, values[i]);
    }
    str_add_char(out, ']');
}

static void kline_list(struct http_request *request)
{
    const struct kline_params *asked = http_params(request);
    struct kline_request points = {
        .has_from = asked->time_from.given,
        .has_to = asked->time_to.given,
        .time_from_s = asked->time_from.value,
        .time_to_s = asked->time_to.value,
        .limit = asked->limit.value,
    };
    struct err err;
    int64_t first_s;
    enum candle_period period = PERIOD_1M;
    bool known = candle_period_find(asked->period.value, &period);
    assert(known);
    struct db *db = request_db(request);
    if (!db)
        return;
    bool read = candles_first(db, asked->market, period, &first_s, &err);
    struct str *out = http_reply_builder(request);
    str_add_char(out, '[');
    if (read) {
        struct kline_range range = kline_select(&points, period, first_s, now_s(request));
        struct kline_fill fill = kline_begin(&range, write_point, out);
        read = range.count == 0 || candles_read(db, asked->market, period, range.from_s, range.to_s,
                                                kline_take, &fill, &err);
        kline_end(&fill);
    }
    str_add_char(out, ']');
    if (read)
        http_reply_built(request, 200);
    else
        http_reply_err(request, &err);
}

/* ---- GET /markets/tickers, GET /markets/:market/tickers ---- */

static struct ticker_entry entry_of(struct http_request *request, const char *market_id,
                                    const char *at)
{
    struct ticker_entry entry = {.at = at};
    market_ticker(request_app(request)->market_data, market_id, clock_now_us(http_clock(request)),
                  &entry.ticker.ticker);
    return entry;
}

static const char *unix_text(const struct http_request *request, char text[static UNIX_TEXT_SIZE])
{
    snprintf(text, UNIX_TEXT_SIZE, "%lld", (long long)now_s(request));
    return text;
}

static void tickers_list(struct http_request *request)
{
    const struct catalog *catalog = request_catalog(request);
    char at[UNIX_TEXT_SIZE];
    struct str *out = http_reply_builder(request);
    unix_text(request, at);
    str_add_char(out, '{');
    for (size_t i = 0; i < catalog->markets_count; i++) {
        const struct market *market = &catalog->markets[i];
        if (!market_is_listed(market))
            continue;
        struct ticker_entry entry = entry_of(request, market->id, at);
        entry.ticker.at = at;
        if (out->length > 1)
            str_add_char(out, ',');
        json_write_string(out, market->id);
        str_add_char(out, ':');
        json_write_object(out, ticker_entry_fields, &entry);
    }
    str_add_char(out, '}');
    http_reply_built(request, 200);
}

struct ticker_request {
    const char *market;
};

static const struct param ticker_params[] = {
    MARKET_ROW(struct ticker_request),
    PARAM_END,
};

static void ticker_show(struct http_request *request)
{
    const struct ticker_request *asked = http_params(request);
    char at[UNIX_TEXT_SIZE];
    struct ticker_entry entry = entry_of(request, asked->market, unix_text(request, at));
    http_reply_object(request, ticker_entry_fields, &entry);
}

const struct http_route public_market_routes[] = {
    {.method = "GET",
     .path = "/api/v2/public/markets/tickers",
     .mode = HTTP_INLINE,
     .handler = tickers_list,
     .access = ACCESS_PUBLIC,
     .class_name = "public.market",
     .tag = "public",
     .doc = "Tickers of all markets, by market id."},
    {.method = "GET",
     .path = "/api/v2/public/markets/:market/tickers",
     .mode = HTTP_INLINE,
     .handler = ticker_show,
     .params = ticker_params,
     .params_size = sizeof(struct ticker_request),
     .reply = ticker_entry_fields,
     .access = ACCESS_PUBLIC,
     .class_name = "public.market",
     .tag = "public",
     .doc = "The ticker of a market."},
    {.method = "GET",
     .path = "/api/v2/public/markets/:market/depth",
     .mode = HTTP_INLINE,
     .handler = depth_show,
     .params = depth_params,
     .params_size = sizeof(struct depth_request),
     .access = ACCESS_PUBLIC,
     .class_name = "public.market",
     .tag = "public",
     .doc = "Price levels: asks ascending, bids descending."},
    {.method = "GET",
     .path = "/api/v2/public/markets/:market/trades",
     .mode = HTTP_INLINE,
     .handler = trades_list,
     .params = trades_params,
     .params_size = sizeof(struct trades_request),
     .reply = public_trade_fields,
     .reply_is_array = true,
     .access = ACCESS_PUBLIC,
     .class_name = "public.market",
     .tag = "public",
     .doc = "The last trades, newest first."},
    {.method = "GET",
     .path = "/api/v2/public/markets/:market/order-book",
     .mode = HTTP_WORKER,
     .handler = book_show,
     .params = book_params,
     .params_size = sizeof(struct book_request),
     .reply = book_fields,
     .access = ACCESS_PUBLIC,
     .class_name = "public.market",
     .tag = "public",
     .doc = "Waiting orders in the order in which they will be matched."},
    {.method = "GET",
     .path = "/api/v2/public/markets/:market/k-line",
     .mode = HTTP_WORKER,
     .handler = kline_list,
     .params = kline_params,
     .params_size = sizeof(struct kline_params),
     .access = ACCESS_PUBLIC,
     .class_name = "public.market",
     .tag = "public",
     .doc = "Points [time, open, high, low, close, volume], ascending in time."},
    {.method = NULL},
};
