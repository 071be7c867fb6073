#include "accounting/bus/event_stream.h"

/* ---- private.<uid>.order ---- */

struct order_message {
    uint64_t id;
    const char *market, *kind, *side, *ord_type, *state;
    struct dec price, avg_price, origin_volume, remaining_volume, executed_volume;
    int64_t at, created_at, updated_at;
    int64_t trades_count;
};

#define AT(member) offsetof(struct order_message, member)
const struct json_field stream_order_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Order id."},
    {"market", JSON_TEXT, AT(market), .doc = "Market id."},
    {"kind", JSON_TEXT, AT(kind), .doc = "bid or ask."},
    {"side", JSON_TEXT, AT(side), .doc = "buy or sell."},
    {"ord_type", JSON_TEXT, AT(ord_type), .doc = "limit, market, post_only, ..."},
    {"price", JSON_DEC, AT(price), JSON_NULL_IF_ZERO, .doc = "Limit price; null: market order."},
    {"avg_price", JSON_DEC, AT(avg_price), .doc = "Average price so far."},
    {"state", JSON_TEXT, AT(state), .doc = "wait, done or cancel."},
    {"origin_volume", JSON_DEC, AT(origin_volume), .doc = "Volume that was asked for."},
    {"remaining_volume", JSON_DEC, AT(remaining_volume), .doc = "Volume left."},
    {"executed_volume", JSON_DEC, AT(executed_volume), .doc = "Volume traded."},
    {"at", JSON_TIME_UNIX, AT(at), .doc = "When it was made, Unix time."},
    {"created_at", JSON_TIME_UNIX, AT(created_at), .doc = "The same."},
    {"updated_at", JSON_TIME_UNIX, AT(updated_at), .doc = "When it last changed."},
    {"trades_count", JSON_I64, AT(trades_count), .doc = "Number of trades."},
    {NULL},
};
#undef AT

bool stream_order(struct event_out *out, const struct order *order, const struct market *market,
                  const char *uid, struct err *err)
{
    bool is_market = order_type_is_market(order->type);
    if (is_market && order->state == ORDER_WAIT)
        return true;
    struct order_message message = {
        .id = order->id,
        .market = order->market_id,
        .kind = order_kind_name(order->side),
        .side = side_name(order->side),
        .ord_type = order_ord_type(order),
        .state = order_state_name(order->state),
        .price = is_market ? DEC_ZERO : order->price,
        .avg_price = order_avg_price(order, market),
        .origin_volume = order->origin_volume,
        .remaining_volume = order->volume,
        .executed_volume = order_executed_volume(order),
        .at = order->created_at,
        .created_at = order->created_at,
        .updated_at = order->updated_at,
        .trades_count = order->trades_count,
    };
    str_clear(&out->body);
    json_write_object(&out->body, stream_order_fields, &message);
    return event_emit(out, EXCHANGE_RANGER, "private", uid, "order", err);
}

/* ---- private.<uid>.trade ---- */

struct trade_message {
    uint64_t id, order_id;
    struct dec price, amount, total;
    const char *market, *side, *taker_type;
    int64_t created_at;
};

#define AT(member) offsetof(struct trade_message, member)
const struct json_field stream_trade_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Trade id."},
    {"price", JSON_DEC, AT(price), .doc = "Price."},
    {"amount", JSON_DEC, AT(amount), .doc = "Amount, base."},
    {"total", JSON_DEC, AT(total), .doc = "Price times amount, quote."},
    {"market", JSON_TEXT, AT(market), .doc = "Market id."},
    {"side", JSON_TEXT, AT(side), .doc = "Side of the member's order."},
    {"taker_type", JSON_TEXT, AT(taker_type), .doc = "Side of the taker."},
    {"created_at", JSON_TIME_UNIX, AT(created_at), .doc = "Unix time."},
    {"order_id", JSON_U64, AT(order_id), .doc = "The member's order."},
    {NULL},
};
#undef AT

bool stream_trade(struct event_out *out, const struct trade *trade, bool to_maker, const char *uid,
                  struct err *err)
{
    enum side maker_side = trade->taker_side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    struct trade_message message = {
        .id = trade->id,
        .order_id = to_maker ? trade->maker_order_id : trade->taker_order_id,
        .price = trade->price,
        .amount = trade->amount,
        .total = trade->total,
        .market = trade->market_id,
        .side = side_name(to_maker ? maker_side : trade->taker_side),
        .taker_type = side_name(trade->taker_side),
        .created_at = trade->created_at,
    };
    str_clear(&out->body);
    json_write_object(&out->body, stream_trade_fields, &message);
    return event_emit(out, EXCHANGE_RANGER, "private", uid, "trade", err);
}

/* ---- public.<market>.trades ---- */

struct public_trade_message {
    uint64_t tid;
    const char *taker_type;
    int64_t date;
    struct dec price, amount;
};

#define AT(member) offsetof(struct public_trade_message, member)
const struct json_field stream_public_trade_fields[] = {
    {"tid", JSON_U64, AT(tid), .doc = "Trade id."},
    {"taker_type", JSON_TEXT, AT(taker_type), .doc = "Side of the taker."},
    {"date", JSON_TIME_UNIX, AT(date), .doc = "Unix time."},
    {"price", JSON_DEC, AT(price), .doc = "Price."},
    {"amount", JSON_DEC, AT(amount), .doc = "Amount, base."},
    {NULL},
};
#undef AT

bool stream_public_trades(struct event_out *out, const struct trade *const *trades, size_t count,
                          struct err *err)
{
    assert(count > 0);
    str_clear(&out->body);
    str_add(&out->body, "{\"trades\":[");
    for (size_t i = 0; i < count; i++) {
        struct public_trade_message message = {
            .tid = trades[i]->id,
            .taker_type = side_name(trades[i]->taker_side),
            .date = trades[i]->created_at,
            .price = trades[i]->price,
            .amount = trades[i]->amount,
        };
        if (i > 0)
            str_add_char(&out->body, ',');
        json_write_object(&out->body, stream_public_trade_fields, &message);
    }
    str_add(&out->body, "]}");
    return event_emit(out, EXCHANGE_RANGER, "public", trades[0]->market_id, "trades", err);
}

/* ---- private.<uid>.balances ---- */

struct balance_message {
    const char *currency;
    struct dec balance, locked;
};

const struct json_field stream_balance_fields[] = {
    {"currency", JSON_TEXT, offsetof(struct balance_message, currency), .doc = "Currency code."},
    {"balance", JSON_DEC, offsetof(struct balance_message, balance), .doc = "Available."},
    {"locked", JSON_DEC, offsetof(struct balance_message, locked), .doc = "Held by open orders."},
    {NULL},
};

bool stream_balance(struct event_out *out, const char *uid, const char *currency_id,
                    struct dec balance, struct dec locked, struct err *err)
{
    struct balance_message message = {currency_id, balance, locked};
    str_clear(&out->body);
    json_write_object(&out->body, stream_balance_fields, &message);
    return event_emit(out, EXCHANGE_RANGER, "private", uid, "balances", err);
}

bool stream_private(struct event_out *out, const char *uid, const char *name, const char *json,
                    size_t length, struct err *err)
{
    str_clear(&out->body);
    str_add_bytes(&out->body, json, length);
    return event_emit(out, EXCHANGE_RANGER, "private", uid, name, err);
}
