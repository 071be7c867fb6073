#include "accounting/http/entities_order.h"

/* ---- tables ---- */

#define AT(member) offsetof(struct trade_view, member)
const struct json_field trade_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Trade id."},
    {"price", JSON_DEC, AT(price), .doc = "Price."},
    {"amount", JSON_DEC, AT(amount), .doc = "Amount, in the base currency."},
    {"total", JSON_DEC, AT(total), .doc = "Price × amount, in the quote currency."},
    {"fee_currency", JSON_TEXT, AT(fee_currency), JSON_OMIT_EMPTY,
     "Currency of the fee: base for a buyer, quote for a seller."},
    {"fee", JSON_DEC, AT(fee), JSON_OMIT_EMPTY, "Fee rate.", .present_offset = AT(has_fee)},
    {"fee_amount", JSON_DEC, AT(fee_amount), JSON_OMIT_EMPTY, "Fee charged.",
     .present_offset = AT(has_fee)},
    {"market", JSON_TEXT, AT(market), .doc = "Market id."},
    {"market_type", JSON_TEXT, AT(market_type), .doc = "Market type."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},
    {"taker_type", JSON_TEXT, AT(taker_type), .doc = "Side of the taker: buy or sell."},
    {"side", JSON_TEXT, AT(side), .doc = "Side of the member: buy or sell."},
    {"order_id", JSON_U64, AT(order_id), JSON_OMIT_EMPTY, "The member's order.",
     .present_offset = AT(has_fee)},
    {NULL}};
#undef AT

#define AT(member) offsetof(struct order_view, member)
/* clang-format off */
#define ORDER_ROWS                                                                                 \
    {"id", JSON_U64, AT(id), .doc = "Order id."},                                                  \
    {"uuid", JSON_UUID, AT(uuid), .doc = "Order UUID."},                                           \
    {"side", JSON_TEXT, AT(side), .doc = "buy or sell."},                                          \
    {"ord_type", JSON_TEXT, AT(ord_type),                                                          \
     .doc = "limit, market, post_only, stop_limit or stop_market."},                               \
    {"price", JSON_DEC, AT(price), JSON_NULL_IF_ZERO, "Limit price; null for market orders."},     \
    {"avg_price", JSON_DEC, AT(avg_price), .doc = "Average price of its trades."},                 \
    {"state", JSON_TEXT, AT(state), .doc = "pending, wait, done, cancel or reject."},              \
    {"market", JSON_TEXT, AT(market), .doc = "Market id."},                                        \
    {"market_type", JSON_TEXT, AT(market_type), .doc = "Market type."},                            \
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was accepted."},                 \
    {"updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it changed last."},                 \
    {"origin_volume", JSON_DEC, AT(origin_volume), .doc = "Volume asked for."},                    \
    {"remaining_volume", JSON_DEC, AT(remaining_volume), .doc = "Volume not traded."},             \
    {"executed_volume", JSON_DEC, AT(executed_volume), .doc = "Volume traded."},                   \
    {"maker_fee", JSON_DEC, AT(maker_fee), .doc = "Fee rate of its trades as a maker."},           \
    {"taker_fee", JSON_DEC, AT(taker_fee), .doc = "Fee rate of its trades as a taker."},           \
    {"trades_count", JSON_I64, AT(trades_count), .doc = "Number of its trades."}
#define ORDER_OWN_ROWS                                                                             \
    {"time_in_force", JSON_TEXT, AT(time_in_force), JSON_OMIT_EMPTY, "ioc or fok, if asked for."}, \
    {"stop_price", JSON_DEC, AT(stop_price), JSON_OMIT_EMPTY, "Price that sets a stop order off.", \
     .present_offset = AT(has_stop_price)},                                                        \
    {"client_order_id", JSON_TEXT, AT(client_order_id), JSON_OMIT_EMPTY,                           \
     "The client's own id, if given."},                                                            \
    {"self_trade_prevention", JSON_TEXT, AT(self_trade_prevention), JSON_OMIT_EMPTY,               \
     "Mode of self-trade prevention, if asked for."}
/* clang-format on */

const struct json_field order_fields[] = {ORDER_ROWS, ORDER_OWN_ROWS, {NULL}};

const struct json_field order_with_trades_fields[] = {
    ORDER_ROWS,
    {"trades", JSON_ARRAY, AT(trades), 0, "Its trades.", trade_fields, sizeof(struct trade_view),
     AT(trades_length)},
    ORDER_OWN_ROWS,
    {NULL}};

const struct json_field admin_order_fields[] = {
    ORDER_ROWS,
    {"email", JSON_TEXT, AT(email), .doc = "E-mail of the member."},
    {"uid", JSON_TEXT, AT(uid), .doc = "UID of the member."},
    ORDER_OWN_ROWS,
    {NULL}};

const struct json_field management_order_fields[] = {
    ORDER_ROWS,
    {"member_id", JSON_U64, AT(member_id), .doc = "Row id of the member."},
    ORDER_OWN_ROWS,
    {NULL}};
#undef AT

#define AT(member) offsetof(struct admin_trade_view, member)
/* clang-format off */
#define ADMIN_TRADE_ROWS                                                                           \
    {"id", JSON_U64, AT(id), .doc = "Trade id."},                                                  \
    {"price", JSON_DEC, AT(price), .doc = "Price."},                                               \
    {"amount", JSON_DEC, AT(amount), .doc = "Amount, in the base currency."},                      \
    {"total", JSON_DEC, AT(total), .doc = "Price × amount."},                                      \
    {"market", JSON_TEXT, AT(market), .doc = "Market id."},                                        \
    {"market_type", JSON_TEXT, AT(market_type), .doc = "Market type."},                            \
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},                     \
    {"taker_type", JSON_TEXT, AT(taker_type), .doc = "Side of the taker."},                        \
    {"maker_order_email", JSON_TEXT, AT(maker_order_email), .doc = "E-mail of the maker."},        \
    {"maker_uid", JSON_TEXT, AT(maker_uid), .doc = "UID of the maker."},                           \
    {"maker_fee_amount", JSON_DEC, AT(maker_fee_amount), .doc = "Fee charged to the maker."},      \
    {"maker_fee_currency", JSON_TEXT, AT(maker_fee_currency), .doc = "Its currency."},             \
    {"taker_order_email", JSON_TEXT, AT(taker_order_email), .doc = "E-mail of the taker."},        \
    {"taker_uid", JSON_TEXT, AT(taker_uid), .doc = "UID of the taker."},                           \
    {"taker_fee_currency", JSON_TEXT, AT(taker_fee_currency), .doc = "Its currency."},             \
    {"taker_fee_amount", JSON_DEC, AT(taker_fee_amount), .doc = "Fee charged to the taker."}
/* clang-format on */

const struct json_field admin_trade_fields[] = {ADMIN_TRADE_ROWS, {NULL}};

const struct json_field admin_trade_extended_fields[] = {
    ADMIN_TRADE_ROWS,
    {"maker_fee", JSON_DEC, AT(maker_fee), .doc = "Fee rate of the maker."},
    {"maker_order", JSON_OBJECT_REF, AT(maker_order), 0, "The maker's order.", admin_order_fields},
    {"taker_fee", JSON_DEC, AT(taker_fee), .doc = "Fee rate of the taker."},
    {"taker_order", JSON_OBJECT_REF, AT(taker_order), 0, "The taker's order.", admin_order_fields},
    {NULL}};
#undef AT

#define AT(member) offsetof(struct account_view, member)
const struct json_field account_fields[] = {
    {"currency", JSON_TEXT, AT(currency), .doc = "Currency code."},
    {"balance", JSON_DEC, AT(balance), .doc = "Available."},
    {"locked", JSON_DEC, AT(locked), .doc = "Locked by orders and withdrawals."},
    {"deposit_addresses", JSON_RAW, AT(deposit_addresses), JSON_OMIT_EMPTY,
     "Deposit addresses; coins only."},
    {"deposit_address", JSON_RAW, AT(deposit_address), JSON_OMIT_EMPTY,
     "The first deposit address; coins only."},
    {NULL}};
#undef AT

#define AT(member) offsetof(struct operation_view, member)
const struct json_field operation_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Operation id, in the order of time."},
    {"code", JSON_I32, AT(code), .doc = "Account code of the chart."},
    {"currency", JSON_TEXT, AT(currency), .doc = "Currency code."},
    {"credit", JSON_DEC, AT(credit), .doc = "Credit."},
    {"debit", JSON_DEC, AT(debit), .doc = "Debit."},
    {"uid", JSON_TEXT, AT(uid), JSON_OMIT_EMPTY, "UID of the member, if the row has one."},
    {"account_kind", JSON_TEXT, AT(account_kind), .doc = "main or locked."},
    {"rid", JSON_U64, AT(rid), JSON_NULL_IF_ZERO, "Id of what it refers to."},
    {"reference_type", JSON_TEXT, AT(reference_type), .doc = "Kind of what it refers to."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was booked."},
    {NULL}};
#undef AT

#define AT(member) offsetof(struct member_view, member)
const struct json_field member_fields[] = {{"uid", JSON_TEXT, AT(uid), .doc = "UID."},
                                           {"email", JSON_TEXT, AT(email), .doc = "E-mail."},
                                           {"group", JSON_TEXT, AT(group), .doc = "Fee group."},
                                           {"accounts", JSON_ARRAY, AT(accounts), 0, "Balances.",
                                            account_fields, sizeof(struct account_view),
                                            AT(accounts_count)},
                                           {NULL}};

const struct json_field admin_member_fields[] = {
    {"uid", JSON_TEXT, AT(uid), .doc = "UID."},
    {"email", JSON_TEXT, AT(email), .doc = "E-mail."},
    {"group", JSON_TEXT, AT(group), .doc = "Fee group."},
    {"id", JSON_U64, AT(id), .doc = "Member id."},
    {"level", JSON_I32, AT(level), .doc = "Level of verification."},
    {"role", JSON_TEXT, AT(role), .doc = "Role."},
    {"state", JSON_TEXT, AT(state), .doc = "State."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was first seen."},
    {"updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it changed last."},
    {"beneficiaries", JSON_RAW, AT(beneficiaries), .doc = "Addresses to withdraw to."},
    {"accounts", JSON_ARRAY, AT(accounts), 0, "Balances.", account_fields,
     sizeof(struct account_view), AT(accounts_count)},
    {"deposit_addresses", JSON_RAW, AT(deposit_addresses), .doc = "Deposit addresses."},
    {NULL}};
#undef AT

/* ---- filling ---- */

static const char *type_of(const struct market *market)
{
    return market ? market->type : "spot";
}

static void trade_view_common(struct trade_view *view, const struct trade *trade,
                              const struct market *market)
{
    *view = (struct trade_view){.id = trade->id,
                                .price = trade->price,
                                .amount = trade->amount,
                                .total = trade->total,
                                .market = trade->market_id,
                                .market_type = type_of(market),
                                .created_at = trade->created_at,
                                .taker_type = side_name(trade->taker_side)};
}

void trade_view_fill(struct trade_view *view, const struct trade *trade,
                     const struct market *market, uint64_t member_id)
{
    bool is_maker = trade->maker_id == member_id;
    assert(is_maker || trade->taker_id == member_id);
    bool buys = (trade->taker_side == SIDE_BUY) != is_maker;
    trade_view_common(view, trade, market);
    view->has_fee = true;
    view->fee = is_maker ? trade->maker_fee : trade->taker_fee;
    view->fee_amount = buys ? trade->buyer_fee_amount : trade->seller_fee_amount;
    view->fee_currency = buys ? trade->base : trade->quote;
    view->side = side_name(buys ? SIDE_BUY : SIDE_SELL);
    view->order_id = is_maker ? trade->maker_order_id : trade->taker_order_id;
}

void trade_view_fill_for_order(struct trade_view *view, const struct trade *trade,
                               const struct market *market, const struct order *order)
{
    trade_view_common(view, trade, market);
    view->side = side_name(order->side);
}

void order_view_fill(struct order_view *view, const struct order *order,
                     const struct market *market)
{
    bool shows_force = order->time_in_force == TIF_IOC || order->time_in_force == TIF_FOK;
    *view = (struct order_view){
        .id = order->id,
        .uuid = order->uuid,
        .side = side_name(order->side),
        .ord_type = order_ord_type(order),
        .price = order->price,
        .avg_price = market ? order_avg_price(order, market) : DEC_ZERO,
        .state = order_state_name(order->state),
        .market = order->market_id,
        .market_type = type_of(market),
        .created_at = order->created_at,
        .updated_at = order->updated_at,
        .origin_volume = order->origin_volume,
        .remaining_volume = order->volume,
        .executed_volume = order_executed_volume(order),
        .maker_fee = order->maker_fee,
        .taker_fee = order->taker_fee,
        .trades_count = order->trades_count,
        .time_in_force = shows_force ? time_in_force_name(order->time_in_force) : NULL,
        .client_order_id = order->client_order_id[0] ? order->client_order_id : NULL,
        .self_trade_prevention = order->stp == STP_NONE ? NULL : stp_mode_name(order->stp),
        .stop_price = order->stop_price,
        .has_stop_price = !dec_is_zero(order->stop_price),
    };
}

void admin_order_view_fill(struct order_view *view, const struct order *order,
                           const struct market *market, const struct member *member)
{
    order_view_fill(view, order, market);
    view->email = member ? member->email : NULL;
    view->uid = member ? member->uid : NULL;
}

void admin_trade_view_fill(struct admin_trade_view *view, const struct trade *trade,
                           const struct market *market, const struct member *maker,
                           const struct member *taker)
{
    bool taker_buys = trade->taker_side == SIDE_BUY;
    *view = (struct admin_trade_view){
        .id = trade->id,
        .price = trade->price,
        .amount = trade->amount,
        .total = trade->total,
        .market = trade->market_id,
        .market_type = type_of(market),
        .created_at = trade->created_at,
        .taker_type = side_name(trade->taker_side),
        .maker_order_email = maker ? maker->email : NULL,
        .maker_uid = maker ? maker->uid : NULL,
        .maker_fee_currency = taker_buys ? trade->quote : trade->base,
        .maker_fee_amount = taker_buys ? trade->seller_fee_amount : trade->buyer_fee_amount,
        .taker_order_email = taker ? taker->email : NULL,
        .taker_uid = taker ? taker->uid : NULL,
        .taker_fee_currency = taker_buys ? trade->base : trade->quote,
        .taker_fee_amount = taker_buys ? trade->buyer_fee_amount : trade->seller_fee_amount,
        .maker_fee = trade->maker_fee,
        .taker_fee = trade->taker_fee,
    };
}

void operation_view_fill(struct operation_view *view, const struct operation *operation,
                         const char *uid)
{
    bool locked = operation->code / 10 % 10 == KIND_LOCKED;
    *view = (struct operation_view){.id = operation->id,
                                    .code = operation->code,
                                    .currency = operation->currency_id,
                                    .credit = operation->credit,
                                    .debit = operation->debit,
                                    .uid = uid,
                                    .account_kind = locked ? "locked" : "main",
                                    .rid = operation->reference_id,
                                    .reference_type = operation->reference_type,
                                    .created_at = operation->created_at};
}

void member_view_fill(struct member_view *view, const struct member *member)
{
    *view = (struct member_view){.uid = member->uid,
                                 .email = member->email,
                                 .group = member->group,
                                 .id = member->id,
                                 .level = member->level,
                                 .role = member->role,
                                 .state = member->state,
                                 .created_at = member->created_at,
                                 .updated_at = member->updated_at,
                                 .beneficiaries = "[]",
                                 .deposit_addresses = "[]"};
}
