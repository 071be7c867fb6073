/* What CoinMarketCap reads of an exchange. Answered from memory. */
#include <string.h>

#include "accounting/http/context.h"
#include "accounting/http/entities_public.h"
#include "accounting/http/public_support.h"
#include "accounting/http/routes_public.h"

enum { CMC_TRADES = 100, CMC_DEPTH_MAX = 500 };

/* ---- GET /summary ---- */

struct summary_view {
    char trading_pairs[PAIR_SIZE];
    char base_currency[CURRENCY_ID_SIZE], quote_currency[CURRENCY_ID_SIZE];
    struct dec last_price, lowest_ask, highest_bid, base_volume, quote_volume;
    struct dec price_change_percent, highest_price, lowest_price;
};

#define AT(member) offsetof(struct summary_view, member)
static const struct json_field summary_fields[] = {
    {"trading_pairs", JSON_CHARS, AT(trading_pairs), .doc = "BTC_USD."},
    {"base_currency", JSON_CHARS, AT(base_currency), .doc = "Upper case."},
    {"quote_currency", JSON_CHARS, AT(quote_currency), .doc = "Upper case."},
    {"last_price", JSON_DEC, AT(last_price), .doc = "Last price."},
    {"lowest_ask", JSON_DEC, AT(lowest_ask), .doc = "0.0 when there is none."},
    {"highest_bid", JSON_DEC, AT(highest_bid), .doc = "0.0 when there is none."},
    {"base_volume", JSON_DEC, AT(base_volume), .doc = "Turnover of 24 hours, base."},
    {"quote_volume", JSON_DEC, AT(quote_volume), .doc = "Turnover of 24 hours, quote."},
    {"price_change_percent_24h", JSON_DEC, AT(price_change_percent),
     .doc = "A fraction: 0.2 is 20 %."},
    {"highest_price_24h", JSON_DEC, AT(highest_price), .doc = "Highest price of 24 hours."},
    {"lowest_price_24h", JSON_DEC, AT(lowest_price), .doc = "Lowest price of 24 hours."},
    {NULL},
};
#undef AT

/* (last - open) / open; 0 when open is 0 or the ratio has no room. */
static struct dec change_of(const struct ticker *ticker)
{
    struct dec difference, change;
    if (!dec_sub(ticker->last, ticker->open, &difference) ||
        !dec_div(difference, ticker->open, DEC_DOWN, &change))
        return DEC_ZERO;
    return change;
}

static struct summary_view summary_of(struct http_request *request, const struct market *market)
{
    struct ticker ticker;
    struct summary_view view;
    market_ticker_now(request, market, &ticker);
    view = (struct summary_view){
        .last_price = ticker.last,
        .lowest_ask = market_best_price(request, market, SIDE_SELL),
        .highest_bid = market_best_price(request, market, SIDE_BUY),
        .base_volume = ticker.amount,
        .quote_volume = ticker.volume,
        .price_change_percent = change_of(&ticker),
        .highest_price = ticker.high,
        .lowest_price = ticker.low,
    };
    market_pair(market, view.trading_pairs);
    currency_code(market->base, view.base_currency);
    currency_code(market->quote, view.quote_currency);
    return view;
}

static void summary_list(struct http_request *request)
{
    const struct catalog *catalog = request_catalog(request);
    struct summary_view *views =
        public_alloc_or_reply(request, catalog->markets_count, sizeof(*views));
    if (!views)
        return;
    size_t count = 0;
    for (size_t i = 0; i < catalog->markets_count; i++)
        if (market_is_enabled(&catalog->markets[i]))
            views[count++] = summary_of(request, &catalog->markets[i]);
    http_reply_array(request, summary_fields, views, count, sizeof(*views));
}

/* ---- GET /assets ---- */

struct asset_view {
    const char *name;
    bool can_withdraw, can_deposit;
    struct dec min_withdraw;
};

/* unified_cryptoasset_id would have to be asked of CoinMarketCap: it is left out, as upstream does
 * when the call fails. */
static const struct json_field asset_fields[] = {
    {"name", JSON_TEXT, offsetof(struct asset_view, name), .doc = "Name."},
    {"can_withdraw", JSON_BOOL, offsetof(struct asset_view, can_withdraw),
     .doc = "Whether withdrawals are taken."},
    {"can_deposit", JSON_BOOL, offsetof(struct asset_view, can_deposit),
     .doc = "Whether deposits are taken."},
    {"min_withdraw", JSON_DEC, offsetof(struct asset_view, min_withdraw),
     .doc = "Smallest withdrawal."},
    {NULL},
};

static void assets_list(struct http_request *request)
{
    const struct catalog *catalog = request_catalog(request);
    struct str *out = http_reply_builder(request);
    str_add_char(out, '{');
    for (size_t i = 0; i < catalog->currencies_count; i++) {
        const struct currency *currency = &catalog->currencies[i];
        if (!currency->is_visible || !currency->is_coin)
            continue;
        struct asset_view view = {.name = currency->name};
        const struct network *network = catalog_network_next(catalog, currency->id, NULL);
        if (network) {
            view.can_withdraw = network->withdrawal_enabled;
            view.can_deposit = network->deposit_enabled;
            view.min_withdraw = network->min_withdraw_amount;
        }
        char code[CURRENCY_ID_SIZE];
        if (out->length > 1)
            str_add_char(out, ',');
        json_write_string(out, currency_code(currency->id, code));
        str_add_char(out, ':');
        json_write_object(out, asset_fields, &view);
    }
    str_add_char(out, '}');
    http_reply_built(request, 200);
}

/* ---- GET /ticker ---- */

struct cmc_ticker_view {
    struct dec last_price, base_volume, quote_volume;
    int32_t is_frozen;
};

/* base_id and quote_id are left out for the same reason. */
static const struct json_field cmc_ticker_fields[] = {
    {"last_price", JSON_DEC, offsetof(struct cmc_ticker_view, last_price), .doc = "Last price."},
    {"base_volume", JSON_DEC, offsetof(struct cmc_ticker_view, base_volume),
     .doc = "Turnover of 24 hours, base."},
    {"quote_volume", JSON_DEC, offsetof(struct cmc_ticker_view, quote_volume),
     .doc = "Turnover of 24 hours, quote."},
    {"isFrozen", JSON_I32, offsetof(struct cmc_ticker_view, is_frozen), .doc = "0: it trades."},
    {NULL},
};

static void ticker_list(struct http_request *request)
{
    const struct catalog *catalog = request_catalog(request);
    struct str *out = http_reply_builder(request);
    str_add_char(out, '{');
    for (size_t i = 0; i < catalog->markets_count; i++) {
        const struct market *market = &catalog->markets[i];
        if (!market_is_enabled(market))
            continue;
        struct ticker ticker;
        char pair[PAIR_SIZE];
        market_ticker_now(request, market, &ticker);
        struct cmc_ticker_view view = {
            .last_price = ticker.last, .base_volume = ticker.amount, .quote_volume = ticker.volume};
        if (out->length > 1)
            str_add_char(out, ',');
        json_write_string(out, market_pair(market, pair));
        str_add_char(out, ':');
        json_write_object(out, cmc_ticker_fields, &view);
    }
    str_add_char(out, '}');
    http_reply_built(request, 200);
}

/* ---- the two about one market: "BTC_USD" in the path ---- */

struct pair_request {
    const char *market_pair;
    struct param_i64 depth;
};

#define PAIR_ROW                                                                                   \
    {                                                                                              \
        .name = "market_pair", .kind = PARAM_TEXT,                                                 \
        .offset = offsetof(struct pair_request, market_pair),                                      \
        .flags = PARAM_REQUIRED | PARAM_IN_PATH, .doc = "BTC_USD."                                 \
    }

static const struct param trades_params[] = {PAIR_ROW, PARAM_END};

static const struct param book_params[] = {
    PAIR_ROW,
    {.name = "depth",
     .kind = PARAM_I64,
     .offset = offsetof(struct pair_request, depth),
     .flags = PARAM_RANGE,
     .min = 0,
     .max = CMC_DEPTH_MAX,
     .type_code = "coinmarketcap.market_depth.non_integer_depth",
     .value_code = "coinmarketcap.market_depth.invalid_depth",
     .doc = "Levels of both sides together; 0 or none: all."},
    PARAM_END,
};

struct cmc_trade_view {
    uint64_t trade_id;
    struct dec price, base_volume, quote_volume;
    int64_t timestamp;
    const char *type;
};

#define AT(member) offsetof(struct cmc_trade_view, member)
static const struct json_field cmc_trade_fields[] = {
    {"trade_id", JSON_U64, AT(trade_id), .doc = "Trade id."},
    {"price", JSON_DEC_NUMBER, AT(price), .doc = "Price."},
    {"base_volume", JSON_DEC_NUMBER, AT(base_volume), .doc = "Amount."},
    {"quote_volume", JSON_DEC_NUMBER, AT(quote_volume), .doc = "Price times amount."},
    {"timestamp", JSON_TIME_MS, AT(timestamp), .doc = "Unix time in milliseconds."},
    {"type", JSON_TEXT, AT(type), .doc = "Side of the taker: buy or sell."},
    {NULL},
};
#undef AT

static void trades_list(struct http_request *request)
{
    const struct pair_request *asked = http_params(request);
    const struct market *market = market_of_pair_or_reply(request, asked->market_pair);
    if (!market)
        return;
    struct public_trade trades[CMC_TRADES];
    struct cmc_trade_view views[CMC_TRADES];
    size_t count =
        market_recent_trades(request_app(request)->market_data, market->id, CMC_TRADES, trades);
    for (size_t i = 0; i < count; i++)
        views[i] = (struct cmc_trade_view){
            .trade_id = trades[i].id,
            .price = trades[i].price,
            .base_volume = trades[i].amount,
            .quote_volume = trades[i].total,
            .timestamp = trades[i].created_at,
            .type = side_name(trades[i].taker_side),
        };
    http_reply_array(request, cmc_trade_fields, views, count, sizeof(views[0]));
}

static void book_show(struct http_request *request)
{
    const struct pair_request *asked = http_params(request);
    const struct market *market = market_of_pair_or_reply(request, asked->market_pair);
    if (!market)
        return;
    struct str *out = http_reply_builder(request);
    str_add(out, "{\"timestamp\":");
    str_add_i64(out, clock_now_us(http_clock(request)) / 1000);
    str_add_char(out, ',');
    if (!depth_write_or_reply(request, out, market->id, depth_per_side(&asked->depth)))
        return;
    str_add_char(out, '}');
    http_reply_built(request, 200);
}

#define ROUTE(name, handler_, reply_, is_array, text)                                              \
    {                                                                                              \
        .method = "GET", .path = "/api/v2/coinmarketcap/" name, .mode = HTTP_INLINE,               \
        .handler = handler_, .reply = reply_, .reply_is_array = is_array, .access = ACCESS_PUBLIC, \
        .class_name = "coinmarketcap." name, .tag = "coinmarketcap", .doc = text                   \
    }

const struct http_route coinmarketcap_routes[] = {
    ROUTE("summary", summary_list, summary_fields, true, "Enabled markets by position."),
    ROUTE("assets", assets_list, NULL, false, "Visible coins, by upper-case code."),
    ROUTE("ticker", ticker_list, NULL, false, "Tickers of enabled markets, by pair."),
    {.method = "GET",
     .path = "/api/v2/coinmarketcap/trades/:market_pair",
     .mode = HTTP_INLINE,
     .handler = trades_list,
     .params = trades_params,
     .params_size = sizeof(struct pair_request),
     .reply = cmc_trade_fields,
     .reply_is_array = true,
     .access = ACCESS_PUBLIC,
     .class_name = "coinmarketcap.trade",
     .tag = "coinmarketcap",
     .doc = "The last 100 trades."},
    {.method = "GET",
     .path = "/api/v2/coinmarketcap/orderbook/:market_pair",
     .mode = HTTP_INLINE,
     .handler = book_show,
     .params = book_params,
     .params_size = sizeof(struct pair_request),
     .access = ACCESS_PUBLIC,
     .class_name = "coinmarketcap.orderbook",
     .tag = "coinmarketcap",
     .doc = "Price levels."},
    {.method = NULL},
};
