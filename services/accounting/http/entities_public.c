#include "accounting/http/entities_public.h"

#include <string.h>

#include "base/auto.h"

/* ---- Network and Currency ---- */

#define AT(member) offsetof(struct network_view, member)
const struct json_field network_fields[] = {
    {"blockchain_key", JSON_TEXT, AT(blockchain_key),
     .doc = "Key of the blockchain; null for fiat."},
    {"currency_id", JSON_TEXT, AT(currency_id), .doc = "Currency code."},
    {"parent_id", JSON_TEXT, AT(parent_id), JSON_OMIT_EMPTY,
     .doc = "Currency that pays the fees of a token."},
    {"deposit_enabled", JSON_BOOL, AT(deposit_enabled), .doc = "Whether deposits are taken."},
    {"withdrawal_enabled", JSON_BOOL, AT(withdrawal_enabled),
     .doc = "Whether withdrawals are taken."},
    {"deposit_fee", JSON_DEC, AT(deposit_fee), .doc = "Fixed fee of a deposit."},
    {"min_deposit_amount", JSON_DEC, AT(min_deposit_amount), .doc = "Smallest deposit."},
    {"withdraw_fee", JSON_DEC, AT(withdraw_fee), .doc = "Fixed fee of a withdrawal."},
    {"min_withdraw_amount", JSON_DEC, AT(min_withdraw_amount), .doc = "Smallest withdrawal."},
    {"base_factor", JSON_I64, AT(base_factor), .doc = "Smallest units in one unit."},
    {"explorer_transaction", JSON_RAW, AT(explorer_transaction), JSON_OMIT_EMPTY,
     .doc = "Coins: URL template of a transaction."},
    {"explorer_address", JSON_RAW, AT(explorer_address), JSON_OMIT_EMPTY,
     .doc = "Coins: URL template of an address."},
    {"description", JSON_RAW, AT(description), JSON_OMIT_EMPTY,
     .doc = "Coins: text about the blockchain."},
    {"warning", JSON_RAW, AT(warning), JSON_OMIT_EMPTY, .doc = "Coins: what to beware of."},
    {"protocol", JSON_RAW, AT(protocol), JSON_OMIT_EMPTY, .doc = "Coins: name of the protocol."},
    {"min_confirmations", JSON_I32, AT(min_confirmations), JSON_OMIT_EMPTY,
     .present_offset = AT(is_coin), .doc = "Coins: confirmations that make a deposit final."},
    {NULL},
};
#undef AT

#define AT(member) offsetof(struct currency_view, member)
const struct json_field currency_fields[] = {
    {"id", JSON_TEXT, AT(id), .doc = "Currency code, lower case."},
    {"status", JSON_TEXT, AT(status), .doc = "enabled, disabled or hidden."},
    {"name", JSON_TEXT, AT(name), JSON_OMIT_EMPTY, .doc = "Name."},
    {"description", JSON_TEXT, AT(description), .doc = "Text about the currency."},
    {"homepage", JSON_TEXT, AT(homepage), .doc = "URL."},
    {"price", JSON_DEC, AT(price), .doc = "Price in the currency of the platform."},
    {"type", JSON_TEXT, AT(type), .doc = "coin or fiat."},
    {"precision", JSON_I32, AT(precision), .doc = "Fractional digits to show."},
    {"position", JSON_I32, AT(position), .doc = "Place in lists."},
    {"icon_url", JSON_TEXT, AT(icon_url), JSON_OMIT_EMPTY, .doc = "URL of the icon."},
    {"networks", JSON_ARRAY, AT(networks), .sub = network_fields,
     .sub_size = sizeof(struct network_view), .count_offset = AT(networks_count),
     .doc = "Where it moves."},
    {"parent_id", JSON_TEXT, AT(parent_id), JSON_OMIT_EMPTY,
     .doc = "2.6: as in the first network, like what follows."},
    {"explorer_transaction", JSON_RAW, AT(explorer_transaction), JSON_OMIT_EMPTY,
     .doc = "Coins: URL template of a transaction."},
    {"explorer_address", JSON_RAW, AT(explorer_address), JSON_OMIT_EMPTY,
     .doc = "Coins: URL template of an address."},
    {"deposit_enabled", JSON_BOOL, AT(deposit_enabled), .doc = "Whether deposits are taken."},
    {"withdrawal_enabled", JSON_BOOL, AT(withdrawal_enabled),
     .doc = "Whether withdrawals are taken."},
    {"deposit_fee", JSON_DEC, AT(deposit_fee), .doc = "Fixed fee of a deposit."},
    {"min_deposit_amount", JSON_DEC, AT(min_deposit_amount), .doc = "Smallest deposit."},
    {"withdraw_fee", JSON_DEC, AT(withdraw_fee), .doc = "Fixed fee of a withdrawal."},
    {"min_withdraw_amount", JSON_DEC, AT(min_withdraw_amount), .doc = "Smallest withdrawal."},
    {"withdraw_limit_24h", JSON_DEC, AT(withdraw_limit_24h),
     .doc = "Withdrawals of a member in 24 hours."},
    {"withdraw_limit_72h", JSON_DEC, AT(withdraw_limit_72h),
     .doc = "Withdrawals of a member in 72 hours."},
    {"base_factor", JSON_I64, AT(base_factor), .doc = "Smallest units in one unit."},
    {"min_confirmations", JSON_I32, AT(min_confirmations), JSON_OMIT_EMPTY,
     .present_offset = AT(is_coin), .doc = "Coins: confirmations that make a deposit final."},
    {NULL},
};
#undef AT

/* A string as JSON text, "null" for NULL: keys that are always there for coins and absent for
 * fiat can't use JSON_TEXT, which leaves a NULL out. */
static const char *nullable_json(struct arena *arena, const char *chars)
{
    if (!chars)
        return "null";
    AUTO(str_release) struct str text = STR_INIT(6 * strlen(chars) + 2);
    json_write_string(&text, chars);
    return str_ok(&text) ? arena_strdup(arena, text.data) : NULL;
}

bool network_view_fill(struct arena *arena, const struct currency *currency,
                       const struct network *network, struct network_view *ret_view)
{
    struct network_view view = {
        .blockchain_key = network->blockchain_key,
        .currency_id = network->currency_id,
        .parent_id = network->parent_id,
        .deposit_enabled = network->deposit_enabled,
        .withdrawal_enabled = network->withdrawal_enabled,
        .deposit_fee = network->deposit_fee,
        .min_deposit_amount = network->min_deposit_amount,
        .withdraw_fee = network->withdraw_fee,
        .min_withdraw_amount = network->min_withdraw_amount,
        .base_factor = network->base_factor,
        .is_coin = currency->is_coin,
        .network = network,
    };
    if (view.is_coin) {
        static const struct blockchain unknown = {0};
        const struct blockchain *chain = network->blockchain ? network->blockchain : &unknown;
        view.explorer_transaction = nullable_json(arena, chain->explorer_transaction);
        view.explorer_address = nullable_json(arena, chain->explorer_address);
        view.description = nullable_json(arena, chain->description);
        view.warning = nullable_json(arena, chain->warning);
        view.protocol = nullable_json(arena, chain->protocol);
        view.min_confirmations = chain->min_confirmations;
        if (!view.explorer_transaction || !view.explorer_address || !view.description ||
            !view.warning || !view.protocol)
            return false;
    }
    *ret_view = view;
    return true;
}

/* The networks of a currency, in an array of the arena. */
static bool networks_fill(struct arena *arena, const struct catalog *catalog,
                          const struct currency *currency, struct currency_view *view)
{
    size_t count = 0;
    const struct network *each = NULL;
    while ((each = catalog_network_next(catalog, currency->id, each)))
        count++;
    struct network_view *views = arena_alloc(arena, (count + 1) * sizeof(*views));
    if (!views)
        return false;
    view->networks = views;
    while ((each = catalog_network_next(catalog, currency->id, each)))
        if (!network_view_fill(arena, currency, each, &views[view->networks_count++]))
            return false;
    return true;
}

bool currency_view_fill(struct arena *arena, const struct catalog *catalog,
                        const struct currency *currency, struct currency_view *ret_view)
{
    struct currency_view view = {
        .id = currency->id,
        .status = currency->status,
        .name = currency->name,
        .description = currency->description,
        .homepage = currency->homepage,
        .price = currency->price,
        .type = currency->is_coin ? "coin" : "fiat",
        .precision = currency->precision,
        .position = currency->position,
        .icon_url = currency->icon_url,
        .withdraw_limit_24h = currency->withdraw_limit_24h,
        .withdraw_limit_72h = currency->withdraw_limit_72h,
        .base_factor = 1,
        .is_coin = currency->is_coin,
        .currency = currency,
    };
    if (!networks_fill(arena, catalog, currency, &view))
        return false;
    if (view.is_coin)
        view.explorer_transaction = view.explorer_address = "null";
    if (view.networks_count > 0) {
        const struct network_view *first = &view.networks[0];
        view.parent_id = first->parent_id;
        view.explorer_transaction = first->explorer_transaction;
        view.explorer_address = first->explorer_address;
        view.deposit_enabled = first->deposit_enabled;
        view.withdrawal_enabled = first->withdrawal_enabled;
        view.deposit_fee = first->deposit_fee;
        view.min_deposit_amount = first->min_deposit_amount;
        view.withdraw_fee = first->withdraw_fee;
        view.min_withdraw_amount = first->min_withdraw_amount;
        view.base_factor = first->base_factor;
        view.min_confirmations = first->min_confirmations;
    }
    *ret_view = view;
    return true;
}

/* ---- Market ---- */

#define AT(member) offsetof(struct market_view, member)
const struct json_field market_fields[] = {
    {"id", JSON_TEXT, AT(id), .doc = "Market id."},
    {"symbol", JSON_TEXT, AT(symbol), .doc = "The same."},
    {"name", JSON_TEXT, AT(name), .doc = "BTC/USD."},
    {"type", JSON_TEXT, AT(type), .doc = "spot or qe."},
    {"base_unit", JSON_TEXT, AT(base_unit), .doc = "What is traded."},
    {"quote_unit", JSON_TEXT, AT(quote_unit), .doc = "What it is paid with."},
    {"min_price", JSON_DEC, AT(min_price), .doc = "Lowest price of an order."},
    {"max_price", JSON_DEC, AT(max_price), .doc = "Highest price of an order; 0.0: no limit."},
    {"min_amount", JSON_DEC, AT(min_amount), .doc = "Smallest order."},
    {"amount_precision", JSON_I32, AT(amount_precision), .doc = "Fractional digits of amounts."},
    {"price_precision", JSON_I32, AT(price_precision), .doc = "Fractional digits of prices."},
    {"state", JSON_TEXT, AT(state), .doc = "enabled, disabled, hidden, locked, sale or presale."},
    {NULL},
};
#undef AT

struct market_view market_view_of(const struct market *market)
{
    return (struct market_view){
        .id = market->id,
        .symbol = market->id,
        .name = market->name,
        .type = market->type,
        .base_unit = market->base,
        .quote_unit = market->quote,
        .min_price = market->min_price,
        .max_price = market->max_price,
        .min_amount = market->min_amount,
        .amount_precision = market->amount_precision,
        .price_precision = market->price_precision,
        .state = market_state_name(market->state),
        .market = market,
    };
}

/* ---- PublicTrade ---- */

#define AT(member) offsetof(struct public_trade_view, member)
const struct json_field public_trade_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Trade id."},
    {"price", JSON_DEC_NUMBER, AT(price), .doc = "Price."},
    {"amount", JSON_DEC_NUMBER, AT(amount), .doc = "Amount, base."},
    {"total", JSON_DEC_NUMBER, AT(total), .doc = "Price times amount, quote."},
    {"market", JSON_TEXT, AT(market), .doc = "Market id."},
    {"created_at", JSON_TIME_UNIX, AT(created_at), .doc = "Unix time."},
    {"taker_type", JSON_TEXT, AT(taker_type), .doc = "Side of the taker: buy or sell."},
    {NULL},
};
#undef AT

struct public_trade_view public_trade_view_of(const char *market_id,
                                              const struct public_trade *trade)
{
    return (struct public_trade_view){
        .id = trade->id,
        .price = trade->price,
        .amount = trade->amount,
        .total = trade->total,
        .market = market_id,
        .taker_type = side_name(trade->taker_side),
        .created_at = trade->created_at,
    };
}

/* ---- Ticker ---- */

#define AT(member) offsetof(struct ticker_view, member)
const struct json_field ticker_fields[] = {
    {"low", JSON_DEC, AT(ticker.low), .doc = "Lowest price of the last 24 hours."},
    {"high", JSON_DEC, AT(ticker.high), .doc = "Highest price."},
    {"open", JSON_DEC, AT(ticker.open), .doc = "First price."},
    {"last", JSON_DEC, AT(ticker.last), .doc = "Last price, however old."},
    {"volume", JSON_DEC, AT(ticker.volume), .doc = "Turnover in the quote currency."},
    {"amount", JSON_DEC, AT(ticker.amount), .doc = "Turnover in the base currency."},
    {"vol", JSON_DEC, AT(ticker.volume), .doc = "The same as volume."},
    {"avg_price", JSON_DEC, AT(ticker.avg_price), .doc = "Volume divided by amount."},
    {"price_change_percent", JSON_CHARS, AT(ticker.price_change_percent),
     .doc = "From open to last: +1.25%."},
    {"at", JSON_TEXT, AT(at), .doc = "Unix time, as text; null in the answer about one market."},
    {NULL},
};
#undef AT

const struct json_field ticker_entry_fields[] = {
    {"at", JSON_TEXT, offsetof(struct ticker_entry, at), .doc = "Unix time, as text."},
    {"ticker", JSON_OBJECT, offsetof(struct ticker_entry, ticker), .sub = ticker_fields,
     .doc = "The last 24 hours."},
    {NULL},
};

/* ---- TradingFee, WithdrawLimit ---- */

#define AT(member) offsetof(struct trading_fee, member)
const struct json_field trading_fee_fields[] = {
    {"id", JSON_I64, AT(id), .doc = "Id of the row."},
    {"group", JSON_CHARS, AT(group), .doc = "Member group, or any."},
    {"market_id", JSON_CHARS, AT(market_id), .doc = "Market id, or any."},
    {"market_type", JSON_TEXT, AT(market_type), .doc = "spot or qe."},
    {"maker", JSON_DEC, AT(maker), .doc = "Rate of makers: 0.002 is 0.2 %."},
    {"taker", JSON_DEC, AT(taker), .doc = "Rate of takers."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},
    {"updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it last changed."},
    {NULL},
};
#undef AT

#define AT(member) offsetof(struct withdraw_limit, member)
const struct json_field withdraw_limit_fields[] = {
    {"id", JSON_I64, AT(id), .doc = "Id of the row."},
    {"group", JSON_TEXT, AT(group), .doc = "Member group, or any."},
    {"kyc_level", JSON_TEXT, AT(kyc_level), .doc = "Level of the member, or any."},
    {"limit_24_hour", JSON_DEC, AT(limit_24_hour), .doc = "Sum of 24 hours, platform currency."},
    {"limit_1_month", JSON_DEC, AT(limit_1_month), .doc = "Sum of a month, platform currency."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},
    {"updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it last changed."},
    {NULL},
};
#undef AT
