#include "accounting/bus/market_clock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "accounting/actions/accounting.h"
#include "accounting/bus/event_message.h"
#include "accounting/bus/topology.h"
#include "accounting/marketdata/market_data.h"
#include "accounting/state/metrics.h"
#include "json/field.h"
#include "log/log.h"

enum { TICK_MS = 200, PAUSE_MIN_MS = 100, PAUSE_MAX_MS = 250, IN_FLIGHT_MAX = 64, AT_SIZE = 24 };

static const char exchange[] = "peatio.events.ranger";

static const struct bus_row topology[] = {
    {.kind = BUS_EXCHANGE, .name = exchange, .type = "topic", .is_transient = true},
    {.name = NULL},
};

struct market_clock {
    struct accounting *app;
    struct bus *bus;
    struct event_out out;
    int64_t tickers_us, klines_us; /* monotonic: when they are due */
};

/* ---- messages ---- */

struct ticker_message {
    const char *at;
    struct ticker ticker;
};

#define AT(member) offsetof(struct ticker_message, member)
static const struct json_field ticker_fields[] = {
    {"at", JSON_TEXT, AT(at), .doc = "Unix time, as text."},
    {"avg_price", JSON_DEC, AT(ticker.avg_price), .doc = "Volume divided by amount."},
    {"high", JSON_DEC, AT(ticker.high), .doc = "Highest price of the last 24 hours."},
    {"last", JSON_DEC, AT(ticker.last), .doc = "Last price, however old."},
    {"low", JSON_DEC, AT(ticker.low), .doc = "Lowest price."},
    {"open", JSON_DEC, AT(ticker.open), .doc = "First price."},
    {"price_change_percent", JSON_CHARS, AT(ticker.price_change_percent),
     .doc = "From open to last."},
    {"volume", JSON_DEC, AT(ticker.volume), .doc = "Turnover in the quote currency."},
    {"amount", JSON_DEC, AT(ticker.amount), .doc = "Turnover in the base currency."},
    {NULL},
};
#undef AT

static bool is_told(const struct market *market)
{
    return market_is_active(market) && strcmp(market->type, "spot") == 0;
}

static bool tell_tickers(struct market_clock *clock, const struct catalog *catalog, int64_t now_us,
                         struct err *err)
{
    struct str *body = &clock->out.body;
    char at[AT_SIZE];
    snprintf(at, sizeof(at), "%lld", (long long)(now_us / 1000000));
    str_clear(body);
    str_add_char(body, '{');
    for (size_t i = 0; i < catalog->markets_count; i++) {
        const struct market *market = &catalog->markets[i];
        struct ticker_message message = {.at = at};
        if (!is_told(market))
            continue;
        market_ticker(clock->app->market_data, market->id, now_us, &message.ticker);
        if (body->length > 1)
            str_add_char(body, ',');
        json_write_string(body, market->id);
        str_add_char(body, ':');
        json_write_object(body, ticker_fields, &message);
    }
    str_add_char(body, '}');
    return event_emit(&clock->out, EXCHANGE_RANGER, "public", "global", "tickers", err);
}

/* [time, open, high, low, close, volume], all numbers. */
static bool tell_candle(struct market_clock *clock, const char *market_id,
                        enum candle_period period, const struct candle *candle, struct err *err)
{
    const struct dec values[] = {candle->open, candle->high, candle->low, candle->close,
                                 candle->amount};
    struct str *body = &clock->out.body;
    char suffix[24];
    snprintf(suffix, sizeof(suffix), "kline-%s", candle_period_name(period));
    str_clear(body);
    str_add_char(body, '[');
    str_add_i64(body, candle->at_s);
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        str_add_char(body, ',');
        json_write_dec_number(body, values[i]);
    }
    str_add_char(body, ']');
    return event_emit(&clock->out, EXCHANGE_RANGER, "public", market_id, suffix, err);
}

static bool tell_candles(struct market_clock *clock, const struct catalog *catalog, int64_t now_us,
                         struct err *err)
{
    for (size_t i = 0; i < catalog->markets_count; i++) {
        const struct market *market = &catalog->markets[i];
        struct candle candle;
        if (!is_told(market))
            continue;
        for (unsigned period = 0; period < CANDLE_PERIODS; period++)
            if (market_candle(clock->app->market_data, market->id, (enum candle_period)period,
                              now_us, &candle) &&
                !tell_candle(clock, market->id, (enum candle_period)period, &candle, err))
                return false;
    }
    return true;
}

static bool publish(void *arg, enum event_exchange to, const char *routing_key,
                    const struct str *body, struct err *err)
{
    struct market_clock *clock = arg;
    struct bus_message message = {
        .exchange = exchange,
        .routing_key = routing_key,
        .body = str_data(body),
        .length = body->length,
        .content_type = "application/json",
        .is_feed = true,
    };
    assert(to == EXCHANGE_RANGER);
    metric_add(clock->app->metrics, METRIC_EVENTS_PUBLISHED, 1);
    return bus_publish(clock->bus, &message, NULL, err);
}

/* ---- the thread ---- */

/* Whether it is time, and when it will be next. A late clock does not catch up. */
static bool is_due(int64_t *due_us, int64_t now_us, int64_t every_us)
{
    if (now_us < *due_us)
        return false;
    *due_us = now_us - *due_us < every_us ? *due_us + every_us : now_us + every_us;
    return true;
}

static bool tick(struct market_clock *clock, struct err *err)
{
    struct accounting *app = clock->app;
    int64_t monotonic_us = clock_monotonic_us(app->clock), now_us = clock_now_us(app->clock);
    const struct catalog *catalog = catalog_take(app->catalogs);
    bool told = (!is_due(&clock->tickers_us, monotonic_us, TICKERS_EVERY_US) ||
                 tell_tickers(clock, catalog, now_us, err)) &&
                (!is_due(&clock->klines_us, monotonic_us, KLINES_EVERY_US) ||
                 tell_candles(clock, catalog, now_us, err));
    catalog_give_back(catalog);
    return told && bus_settle(clock->bus, 0, err) && bus_idle(clock->bus, err);
}

static bool connect_peers(struct market_clock *clock, struct err *err)
{
    if (!clock->app->books_loaded)
        return err_set(err, ERR_BUSY, "the market data is not loaded yet");
    if (clock->bus)
        return bus_is_open(clock->bus) || bus_reopen(clock->bus, err);
    struct bus_config config = bus_named(clock->app->config->amqp, "accounting clock");
    return bus_open(&config, topology, &clock->bus, err);
}

void market_clock_run(struct accounting *app)
{
    struct market_clock clock = {.app = app};
    int pause_ms = PAUSE_MIN_MS;
    clock.out = (struct event_out){.emit = publish, .arg = &clock};
    clock.out.body = STR_INIT(EVENT_BODY_BYTES_MAX);
    while (!app->stopping) {
        struct err err;
        if (connect_peers(&clock, &err) && tick(&clock, &err)) {
            pause_ms = PAUSE_MIN_MS;
            usleep(TICK_MS * 1000);
            continue;
        }
        if (err.code != ERR_BUSY)
            log_warning("market clock waits", LOG_ERR(&err));
        usleep((useconds_t)pause_ms * 1000);
        pause_ms = pause_ms * 2 < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS;
    }
    bus_close(clock.bus);
    str_release(&clock.out.body);
}
