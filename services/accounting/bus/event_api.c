#include "accounting/bus/event_api.h"

#include <string.h>

enum { NAME_SIZE = MARKET_ID_SIZE + 40 };

/* ---- orders ---- */

struct order_event {
    uint64_t id;
    const char *market, *type, *trader_uid;
    const char *income_unit, *outcome_unit, *fee_type;
    struct dec income_maker_fee, income_taker_fee, outcome_fee;
    struct dec initial_income, current_income, initial_outcome, current_outcome;
    const char *strategy, *state;
    struct dec price;
    int64_t trades_count, created_at;
    bool is_update, is_canceled, is_completed, shows_previous;
    int64_t changed_at;
    const char *name;
};

#define AT(member) offsetof(struct order_event, member)
#define ONLY(member) JSON_OMIT_EMPTY, .present_offset = AT(member)
const struct json_field api_order_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Order id."},
    {"market", JSON_TEXT, AT(market), .doc = "Market id."},
    {"type", JSON_TEXT, AT(type), .doc = "buy or sell."},
    {"trader_uid", JSON_TEXT, AT(trader_uid), .doc = "Whose order."},
    {"income_unit", JSON_TEXT, AT(income_unit), .doc = "The currency that comes in."},
    {"income_fee_type", JSON_TEXT, AT(fee_type), .doc = "relative."},
    {"income_maker_fee_value", JSON_DEC, AT(income_maker_fee), .doc = "Rate as maker."},
    {"income_taker_fee_value", JSON_DEC, AT(income_taker_fee), .doc = "Rate as taker."},
    {"outcome_unit", JSON_TEXT, AT(outcome_unit), .doc = "The currency that goes out."},
    {"outcome_fee_type", JSON_TEXT, AT(fee_type), .doc = "relative."},
    {"outcome_fee_value", JSON_DEC, AT(outcome_fee), .doc = "0.0."},
    {"initial_income_amount", JSON_DEC, AT(initial_income), .doc = "At the beginning."},
    {"current_income_amount", JSON_DEC, AT(current_income), .doc = "Still to come in."},
    {"initial_outcome_amount", JSON_DEC, AT(initial_outcome), .doc = "At the beginning."},
    {"current_outcome_amount", JSON_DEC, AT(current_outcome), .doc = "Still to go out."},
    {"strategy", JSON_TEXT, AT(strategy), .doc = "limit, post_only, stop_limit."},
    {"price", JSON_DEC, AT(price), .doc = "Limit price."},
    {"state", JSON_TEXT, AT(state), .doc = "open, canceled or completed."},
    {"trades_count", JSON_I64, AT(trades_count), .doc = "Number of trades."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was accepted."},
    {"previous_income_amount", JSON_DEC, AT(current_income), ONLY(shows_previous),
     .doc = "As current_income_amount."},
    {"previous_outcome_amount", JSON_DEC, AT(current_outcome), ONLY(shows_previous),
     .doc = "As current_outcome_amount."},
    {"updated_at", JSON_TIME_ISO, AT(changed_at), ONLY(is_update), .doc = "order_updated."},
    {"canceled_at", JSON_TIME_ISO, AT(changed_at), ONLY(is_canceled), .doc = "order_canceled."},
    {"completed_at", JSON_TIME_ISO, AT(changed_at), ONLY(is_completed), .doc = "order_completed."},
    {"name", JSON_TEXT, AT(name), .doc = "Full name of the event."},
    {NULL},
};
#undef ONLY
#undef AT

static const char *change_name(enum order_change change)
{
    static const char *const names[] = {
        [ORDER_CREATED] = "order_created",
        [ORDER_UPDATED] = "order_updated",
        [ORDER_COMPLETED] = "order_completed",
        [ORDER_CANCELED] = "order_canceled",
    };
    assert(change >= ORDER_CREATED && change < ARRAY_LEN(names));
    return names[change];
}

static const char *state_name(enum order_state state)
{
    return state == ORDER_DONE                              ? "completed"
           : state == ORDER_CANCEL || state == ORDER_REJECT ? "canceled"
                                                            : "open";
}

/* What a limit order gets for this volume: base for a buy, quote for a sell. */
static struct dec income_of(const struct order *order, struct dec volume)
{
    struct dec income;
    if (order->side == SIDE_BUY)
        return volume;
    /* More than a decimal holds is more than anybody can pay. */
    return dec_mul(volume, order->price, DEC_DOWN, &income) ? income : DEC_ZERO;
}

bool api_order(struct event_out *out, const struct event_order *event, const struct market *market,
               const char *uid, struct err *err)
{
    const struct order *order = &event->order;
    char name[NAME_SIZE];
    if (order_type_is_market(order->type))
        return true;
    snprintf(name, sizeof(name), "market.%s.%s", order->market_id, change_name(event->change));
    bool buys = order->side == SIDE_BUY;
    struct order_event message = {
        .id = order->id,
        .market = order->market_id,
        .type = side_name(order->side),
        .trader_uid = uid,
        .income_unit = order_income(market, order->side),
        .outcome_unit = order_outcome(market, order->side),
        .fee_type = "relative",
        .income_maker_fee = order->maker_fee,
        .income_taker_fee = order->taker_fee,
        .initial_income = income_of(order, order->origin_volume),
        .current_income = income_of(order, order->volume),
        .initial_outcome = buys ? order->origin_locked : order->origin_volume,
        .current_outcome = buys ? order->locked : order->volume,
        .strategy = order_ord_type(order),
        .state = state_name(order->state),
        .price = order->price,
        .trades_count = order->trades_count,
        .created_at = order->created_at,
        .is_update = event->change == ORDER_UPDATED,
        .is_canceled = event->change == ORDER_CANCELED,
        .is_completed = event->change == ORDER_COMPLETED,
        .shows_previous = event->change == ORDER_UPDATED || event->change == ORDER_COMPLETED,
        .changed_at = order->updated_at,
        .name = name,
    };
    str_clear(&out->body);
    json_write_object(&out->body, api_order_fields, &message);
    return event_emit(out, EXCHANGE_MARKET, "", order->market_id, change_name(event->change), err);
}

/* ---- trades ---- */

struct party {
    const char *uid, *income_unit, *outcome_unit;
    struct dec income, income_fee, outcome, outcome_fee;
};

struct trade_event {
    uint64_t id;
    const char *market, *name;
    struct dec price, amount;
    int64_t completed_at;
    struct party maker, taker;
};

#define AT(member) offsetof(struct trade_event, member)
#define PARTY(role)                                                                                \
    {#role "_uid", JSON_TEXT, AT(role.uid), .doc = "Member."},                                     \
        {#role "_income_unit", JSON_TEXT, AT(role.income_unit), .doc = "What the member gets."},   \
        {#role "_income_amount", JSON_DEC, AT(role.income), .doc = "How much, fee included."},     \
        {#role "_income_fee", JSON_DEC, AT(role.income_fee), .doc = "The fee, of the income."},    \
        {#role "_outcome_unit", JSON_TEXT, AT(role.outcome_unit),                                  \
         .doc = "What the member gives."},                                                         \
        {#role "_outcome_amount", JSON_DEC, AT(role.outcome), .doc = "How much."},                 \
    {                                                                                              \
#role "_outcome_fee", JSON_DEC, AT(role.outcome_fee), .doc = "0.0."                        \
    }
const struct json_field api_trade_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Trade id."},
    {"market", JSON_TEXT, AT(market), .doc = "Market id."},
    {"price", JSON_DEC, AT(price), .doc = "Price."},
    {"amount", JSON_DEC, AT(amount), .doc = "Amount, base."},
    PARTY(maker),
    PARTY(taker),
    {"completed_at", JSON_TIME_ISO, AT(completed_at), .doc = "When it was settled."},
    {"name", JSON_TEXT, AT(name), .doc = "Full name of the event."},
    {NULL},
};
#undef PARTY
#undef AT

static struct party party_of(const struct trade *trade, enum side side, const char *uid)
{
    if (side == SIDE_BUY)
        return (struct party){.uid = uid,
                              .income_unit = trade->base,
                              .outcome_unit = trade->quote,
                              .income = trade->amount,
                              .income_fee = trade->buyer_fee_amount,
                              .outcome = trade->total};
    return (struct party){.uid = uid,
                          .income_unit = trade->quote,
                          .outcome_unit = trade->base,
                          .income = trade->total,
                          .income_fee = trade->seller_fee_amount,
                          .outcome = trade->amount};
}

bool api_trade(struct event_out *out, const struct trade *trade, const char *maker_uid,
               const char *taker_uid, struct err *err)
{
    char name[NAME_SIZE];
    enum side maker_side = trade->taker_side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    snprintf(name, sizeof(name), "market.%s.trade_completed", trade->market_id);
    struct trade_event message = {
        .id = trade->id,
        .market = trade->market_id,
        .name = name,
        .price = trade->price,
        .amount = trade->amount,
        .completed_at = trade->created_at,
        .maker = party_of(trade, maker_side, maker_uid),
        .taker = party_of(trade, trade->taker_side, taker_uid),
    };
    str_clear(&out->body);
    json_write_object(&out->body, api_trade_fields, &message);
    return event_emit(out, EXCHANGE_MARKET, "", trade->market_id, "trade_completed", err);
}

/* ---- models ---- */

bool api_model(struct event_out *out, const char *name, const char *json, size_t length,
               struct err *err)
{
    static const char prefix[] = "model.";
    const char *rest = name + sizeof(prefix) - 1;
    const char *dot = strncmp(name, prefix, sizeof(prefix) - 1) == 0 ? strrchr(rest, '.') : NULL;
    char middle[sizeof(((struct event_model *)NULL)->name)];
    if (!dot || dot == rest || length < 2 || json[0] != '{' || json[length - 1] != '}')
        return err_set(err, ERR_PROTOCOL, "no model event: %.40s", name);
    snprintf(middle, sizeof(middle), "%.*s", (int)(dot - rest), rest);
    str_clear(&out->body);
    str_add_bytes(&out->body, json, length - 1);
    str_add(&out->body, length > 2 ? ",\"name\":" : "\"name\":");
    json_write_string(&out->body, name);
    str_add_char(&out->body, '}');
    return event_emit(out, EXCHANGE_MODEL, "", middle, dot + 1, err);
}

/* ---- claims ---- */

void api_claims(struct str *claims, const struct str *event, struct uuid jti, int64_t now_us)
{
    char text[UUID_TEXT_SIZE];
    int64_t now_s = now_us / 1000000;
    str_clear(claims);
    str_add(claims, "{\"iss\":\"peatio\",\"jti\":\"");
    str_add(claims, uuid_text(jti, text));
    str_add(claims, "\",\"iat\":");
    str_add_i64(claims, now_s);
    str_add(claims, ",\"exp\":");
    str_add_i64(claims, now_s + EVENT_LIFETIME_S);
    str_add(claims, ",\"event\":");
    str_add_bytes(claims, str_data(event), event->length);
    str_add_char(claims, '}');
}
