#include "accounting/http/entities_admin.h"

#include <string.h>

/* ---- Network ---- */

#define AT(member) offsetof(struct admin_network_view, member)
const struct json_field admin_network_fields[] = {
    {"id", JSON_I64, AT(id), .doc = "Id of the row."},
    {"blockchain_key", JSON_TEXT, AT(network.blockchain_key),
     .doc = "Key of the blockchain; null for fiat."},
    {"currency_id", JSON_TEXT, AT(network.currency_id), .doc = "Currency code."},
    {"parent_id", JSON_TEXT, AT(network.parent_id), JSON_OMIT_EMPTY,
     .doc = "Currency that pays the fees of a token."},
    {"status", JSON_TEXT, AT(status), .doc = "enabled, disabled or hidden."},
    {"deposit_enabled", JSON_BOOL, AT(network.deposit_enabled), .doc = "Deposits are taken."},
    {"withdrawal_enabled", JSON_BOOL, AT(network.withdrawal_enabled),
     .doc = "Withdrawals are taken."},
    {"deposit_fee", JSON_DEC, AT(network.deposit_fee), .doc = "Fixed fee of a deposit."},
    {"min_deposit_amount", JSON_DEC, AT(network.min_deposit_amount), .doc = "Smallest deposit."},
    {"min_collection_amount", JSON_DEC, AT(min_collection_amount),
     .doc = "Smallest amount that is collected from a deposit address."},
    {"withdraw_fee", JSON_DEC, AT(network.withdraw_fee), .doc = "Fixed fee of a withdrawal."},
    {"min_withdraw_amount", JSON_DEC, AT(network.min_withdraw_amount),
     .doc = "Smallest withdrawal."},
    {"base_factor", JSON_I64, AT(network.base_factor), .doc = "Smallest units in one unit."},
    {"subunits", JSON_I64, AT(subunits), .doc = "Decimal digits of base_factor."},
    {"options", JSON_RAW, AT(options), JSON_OMIT_EMPTY,
     .doc = "Coins: options of the adapter, an object."},
    {"auto_update_fees_enabled", JSON_BOOL, AT(auto_update_fees_enabled),
     .doc = "Fees follow the price."},
    {"explorer_transaction", JSON_RAW, AT(network.explorer_transaction), JSON_OMIT_EMPTY,
     .doc = "Coins: URL template of a transaction."},
    {"explorer_address", JSON_RAW, AT(network.explorer_address), JSON_OMIT_EMPTY,
     .doc = "Coins: URL template of an address."},
    {"description", JSON_RAW, AT(network.description), JSON_OMIT_EMPTY,
     .doc = "Coins: text about the blockchain."},
    {"warning", JSON_RAW, AT(network.warning), JSON_OMIT_EMPTY, .doc = "Coins: what to beware of."},
    {"protocol", JSON_RAW, AT(network.protocol), JSON_OMIT_EMPTY,
     .doc = "Coins: name of the protocol."},
    {"min_confirmations", JSON_I32, AT(network.min_confirmations), JSON_OMIT_EMPTY,
     .present_offset = AT(network.is_coin),
     .doc = "Coins: confirmations that make a deposit final."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},
    {"updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it last changed."},
    {NULL},
};
#undef AT

static int64_t subunits_of(int64_t base_factor)
{
    int64_t subunits = 0;
    for (; base_factor >= 10; base_factor /= 10)
        subunits++;
    return subunits;
}

static const char *object_or_empty(const char *json)
{
    return json ? json : "{}";
}

bool admin_network_view_fill(struct arena *arena, const struct currency *currency,
                             const struct network *network, struct admin_network_view *ret_view)
{
    struct admin_network_view view = {
        .id = network->id,
        .subunits = subunits_of(network->base_factor),
        .status = network->status,
        .options = currency->is_coin ? object_or_empty(network->options) : NULL,
        .min_collection_amount = network->min_collection_amount,
        .auto_update_fees_enabled = network->auto_update_fees_enabled,
        .created_at = network->created_at,
        .updated_at = network->updated_at,
    };
    if (!network_view_fill(arena, currency, network, &view.network))
        return false;
    *ret_view = view;
    return true;
}

/* ---- Currency ---- */

#define AT(member) offsetof(struct admin_currency_view, member)

#define CURRENCY_ROWS                                                                              \
    {"status", JSON_TEXT, AT(currency.status), .doc = "enabled, disabled or hidden."},             \
        {"name", JSON_TEXT, AT(currency.name), JSON_OMIT_EMPTY, .doc = "Name."},                   \
        {"description", JSON_TEXT, AT(currency.description), .doc = "Text about the currency."},   \
        {"homepage", JSON_TEXT, AT(currency.homepage), .doc = "URL."},                             \
        {"price", JSON_DEC, AT(currency.price), .doc = "Price in the currency of the platform."},  \
        {"type", JSON_TEXT, AT(currency.type), .doc = "coin or fiat."},                            \
        {"precision", JSON_I32, AT(currency.precision), .doc = "Fractional digits to show."},      \
        {"position", JSON_I32, AT(currency.position), .doc = "Place in lists."},                   \
    {                                                                                              \
        "icon_url", JSON_TEXT, AT(currency.icon_url), JSON_OMIT_EMPTY, .doc = "URL of the icon."   \
    }

#define CURRENCY_ROWS_26                                                                           \
    {"parent_id", JSON_TEXT, AT(currency.parent_id), JSON_OMIT_EMPTY,                              \
     .doc = "2.6: as in the first network, like what follows."},                                   \
        {"explorer_transaction", JSON_RAW, AT(currency.explorer_transaction), JSON_OMIT_EMPTY,     \
         .doc = "Coins: URL template of a transaction."},                                          \
        {"explorer_address", JSON_RAW, AT(currency.explorer_address), JSON_OMIT_EMPTY,             \
         .doc = "Coins: URL template of an address."},                                             \
        {"deposit_enabled", JSON_BOOL, AT(currency.deposit_enabled),                               \
         .doc = "Deposits are taken."},                                                            \
        {"withdrawal_enabled", JSON_BOOL, AT(currency.withdrawal_enabled),                         \
         .doc = "Withdrawals are taken."},                                                         \
        {"deposit_fee", JSON_DEC, AT(currency.deposit_fee), .doc = "Fixed fee of a deposit."},     \
        {"min_deposit_amount", JSON_DEC, AT(currency.min_deposit_amount),                          \
         .doc = "Smallest deposit."},                                                              \
        {"withdraw_fee", JSON_DEC, AT(currency.withdraw_fee),                                      \
         .doc = "Fixed fee of a withdrawal."},                                                     \
        {"min_withdraw_amount", JSON_DEC, AT(currency.min_withdraw_amount),                        \
         .doc = "Smallest withdrawal."},                                                           \
        {"withdraw_limit_24h", JSON_DEC, AT(currency.withdraw_limit_24h),                          \
         .doc = "Withdrawals of a member in 24 hours."},                                           \
        {"withdraw_limit_72h", JSON_DEC, AT(currency.withdraw_limit_72h),                          \
         .doc = "Withdrawals of a member in 72 hours."},                                           \
        {"base_factor", JSON_I64, AT(currency.base_factor), .doc = "Smallest units in one unit."}, \
    {                                                                                              \
        "min_confirmations", JSON_I32, AT(currency.min_confirmations), JSON_OMIT_EMPTY,            \
            .present_offset = AT(currency.is_coin),                                                \
            .doc = "Coins: confirmations that make a deposit final."                               \
    }

#define TIME_ROWS                                                                                  \
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},                     \
    {                                                                                              \
        "updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it last changed."                \
    }

const struct json_field admin_currency_fields[] = {
    {"code", JSON_TEXT, AT(currency.id), .doc = "Currency code, lower case."},
    CURRENCY_ROWS,
    {"networks", JSON_ARRAY, AT(networks), .sub = admin_network_fields,
     .sub_size = sizeof(struct admin_network_view), .count_offset = AT(currency.networks_count),
     .doc = "Where it moves."},
    {"blockchain_key", JSON_TEXT, AT(blockchain_key), .doc = "2.6: of the first network."},
    CURRENCY_ROWS_26,
    {"min_collection_amount", JSON_DEC, AT(min_collection_amount),
     .doc = "Smallest amount that is collected from a deposit address."},
    {"visible", JSON_BOOL, AT(visible), .doc = "2.6: status is enabled."},
    {"subunits", JSON_I64, AT(subunits), .doc = "Decimal digits of base_factor."},
    {"options", JSON_RAW, AT(options), .doc = "Options of the adapter, an object."},
    TIME_ROWS,
    {NULL},
};

const struct json_field management_currency_fields[] = {
    {"id", JSON_TEXT, AT(currency.id), .doc = "Currency code, lower case."},
    {"code", JSON_TEXT, AT(currency.id), .doc = "The same."},
    CURRENCY_ROWS,
    {"networks", JSON_ARRAY, AT(currency.networks), .sub = network_fields,
     .sub_size = sizeof(struct network_view), .count_offset = AT(currency.networks_count),
     .doc = "Where it moves."},
    CURRENCY_ROWS_26,
    TIME_ROWS,
    {NULL},
};
#undef AT

bool admin_currency_view_fill(struct arena *arena, const struct catalog *catalog,
                              const struct currency *currency, struct admin_currency_view *ret_view)
{
    struct admin_currency_view view = {
        .options = "{}",
        .visible = strcmp(currency->status, "enabled") == 0,
        .created_at = currency->created_at,
        .updated_at = currency->updated_at,
    };
    if (!currency_view_fill(arena, catalog, currency, &view.currency))
        return false;
    size_t count = view.currency.networks_count;
    struct admin_network_view *networks = arena_alloc(arena, (count + 1) * sizeof(*networks));
    if (!networks)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!admin_network_view_fill(arena, currency, view.currency.networks[i].network,
                                     &networks[i]))
            return false;
    view.networks = networks;
    if (count > 0) {
        view.blockchain_key = networks[0].network.blockchain_key;
        view.min_collection_amount = networks[0].min_collection_amount;
        view.subunits = networks[0].subunits;
        view.options = object_or_empty(networks[0].options);
    }
    *ret_view = view;
    return true;
}

/* ---- Blockchain ---- */

#define AT(member) offsetof(struct blockchain_row, member)
const struct json_field blockchain_fields[] = {
    {"id", JSON_I64, AT(id), .doc = "Id of the row."},
    {"key", JSON_TEXT, AT(key), .doc = "Its name for other rows."},
    {"name", JSON_TEXT, AT(name), .doc = "Name."},
    {"client", JSON_TEXT, AT(client), .doc = "Adapter."},
    {"height", JSON_I64, AT(height), .doc = "The last block that was processed for good."},
    {"explorer_address", JSON_TEXT, AT(explorer_address), .doc = "URL template of an address."},
    {"explorer_transaction", JSON_TEXT, AT(explorer_transaction),
     .doc = "URL template of a transaction."},
    {"min_deposit_amount", JSON_DEC, AT(min_deposit_amount), .doc = "In the platform currency."},
    {"withdraw_fee", JSON_DEC, AT(withdraw_fee), .doc = "In the platform currency."},
    {"min_withdraw_amount", JSON_DEC, AT(min_withdraw_amount), .doc = "In the platform currency."},
    {"collection_gas_speed", JSON_TEXT, AT(collection_gas_speed),
     .doc = "standard, safelow or fast."},
    {"withdrawal_gas_speed", JSON_TEXT, AT(withdrawal_gas_speed),
     .doc = "standard, safelow or fast."},
    {"description", JSON_TEXT, AT(description), .doc = "Text about it."},
    {"warning", JSON_TEXT, AT(warning), .doc = "What to beware of."},
    {"protocol", JSON_TEXT, AT(protocol), .doc = "Name of the protocol."},
    {"min_confirmations", JSON_I64, AT(min_confirmations),
     .doc = "Confirmations that make a deposit final."},
    {"status", JSON_TEXT, AT(status), .doc = "active, disabled or idle."},
    TIME_ROWS,
    {NULL},
};
#undef AT

/* ---- Engine ---- */

#define AT(member) offsetof(struct engine_view, member)
#define ENGINE_ROWS                                                                                \
    {"id", JSON_I64, AT(id), .doc = "Id of the row."},                                             \
        {"name", JSON_TEXT, AT(name), .doc = "Name."},                                             \
        {"driver", JSON_TEXT, AT(driver), .doc = "peatio: our own matching worker."},              \
        {"uid", JSON_TEXT, AT(uid), .doc = "Member in whose name it works."},                      \
    {                                                                                              \
        "state", JSON_TEXT, AT(state), .doc = "online or offline."                                 \
    }

const struct json_field engine_fields[] = {
    ENGINE_ROWS,
    {NULL},
};
const struct json_field management_engine_fields[] = {
    ENGINE_ROWS,
    {"url", JSON_TEXT, AT(url), .doc = "Where it is."},
    {NULL},
};
#undef AT

struct engine_view engine_view_of(const struct engine_row *row)
{
    return (struct engine_view){
        .id = row->id,
        .name = row->name,
        .driver = row->driver,
        .uid = row->uid,
        .url = row->url,
        .state = row->state == 1 ? "online" : "offline",
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
}

/* ---- Market ---- */

#define AT(member) offsetof(struct admin_market_view, member)
#define MARKET_ROWS                                                                                \
    {"id", JSON_TEXT, AT(market.id), .doc = "Market id."},                                         \
        {"symbol", JSON_TEXT, AT(market.symbol), .doc = "The same."},                              \
        {"name", JSON_TEXT, AT(market.name), .doc = "BTC/USD."},                                   \
        {"type", JSON_TEXT, AT(market.type), .doc = "spot or qe."},                                \
        {"base_unit", JSON_TEXT, AT(market.base_unit), .doc = "What is traded."},                  \
        {"quote_unit", JSON_TEXT, AT(market.quote_unit), .doc = "What it is paid with."},          \
        {"min_price", JSON_DEC, AT(market.min_price), .doc = "Lowest price of an order."},         \
        {"max_price", JSON_DEC, AT(market.max_price), .doc = "Highest price; 0.0: no limit."},     \
        {"min_amount", JSON_DEC, AT(market.min_amount), .doc = "Smallest order."},                 \
        {"amount_precision", JSON_I32, AT(market.amount_precision), .doc = "Digits of amounts."},  \
        {"price_precision", JSON_I32, AT(market.price_precision), .doc = "Digits of prices."},     \
        {"state", JSON_TEXT, AT(market.state),                                                     \
         .doc = "enabled, disabled, hidden, locked, sale or presale."},                            \
        {"engine_id", JSON_I64, AT(engine_id), .doc = "Who matches."},                             \
    {                                                                                              \
        "position", JSON_I32, AT(position), .doc = "Place in lists."                               \
    }

const struct json_field admin_market_fields[] = {
    MARKET_ROWS,
    {"data", JSON_RAW, AT(data), .doc = "Anything else, an object."},
    TIME_ROWS,
    {NULL},
};
const struct json_field management_market_fields[] = {
    MARKET_ROWS,
    TIME_ROWS,
    {NULL},
};
#undef AT

struct admin_market_view admin_market_view_of(const struct market *market)
{
    return (struct admin_market_view){
        .market = market_view_of(market),
        .engine_id = market->engine_id,
        .position = market->position,
        .data = market->data,
        .created_at = market->created_at,
        .updated_at = market->updated_at,
    };
}

/* ---- Adjustment ---- */

#define AT(member) offsetof(struct adjustment_view, member)
const struct json_field adjustment_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Id of the row."},
    {"reason", JSON_TEXT, AT(reason), .doc = "Why, in a few words."},
    {"description", JSON_TEXT, AT(description), .doc = "Why, at length."},
    {"category", JSON_TEXT, AT(category), .doc = "Kind of adjustment."},
    {"amount", JSON_DEC, AT(amount), .doc = "Below zero: taken away."},
    {"validator_uid", JSON_TEXT, AT(validator_uid), JSON_OMIT_EMPTY, .doc = "Who decided."},
    {"creator_uid", JSON_TEXT, AT(creator_uid), .doc = "Who asked for it."},
    {"currency", JSON_TEXT, AT(currency), .doc = "Currency code."},
    {"asset", JSON_OBJECT_REF, AT(asset), JSON_OMIT_EMPTY, .sub = operation_fields,
     .doc = "Booked asset."},
    {"liability", JSON_OBJECT_REF, AT(liability), JSON_OMIT_EMPTY, .sub = operation_fields,
     .doc = "Booked liability."},
    {"revenue", JSON_OBJECT_REF, AT(revenue), JSON_OMIT_EMPTY, .sub = operation_fields,
     .doc = "Booked revenue."},
    {"expense", JSON_OBJECT_REF, AT(expense), JSON_OMIT_EMPTY, .sub = operation_fields,
     .doc = "Booked expense."},
    {"state", JSON_TEXT, AT(state), .doc = "pending, accepted or rejected."},
    {"asset_account_code", JSON_I64, AT(asset_account_code), .doc = "Account of the asset."},
    {"receiving_account_code", JSON_TEXT, AT(receiving_account_code),
     .doc = "Account on the other side."},
    {"receiving_member_uid", JSON_TEXT, AT(receiving_member_uid), JSON_OMIT_EMPTY,
     .doc = "Whose liability it is."},
    TIME_ROWS,
    {NULL},
};
#undef AT

/* ---- InternalTransfer ---- */

#define AT(member) offsetof(struct internal_transfer_view, member)
#define INTERNAL_TRANSFER_ROWS                                                                     \
    {"currency", JSON_TEXT, AT(currency), .doc = "Currency code."},                                \
        {"sender_username", JSON_TEXT, AT(sender_username), .doc = "User name of the sender."},    \
        {"receiver_username", JSON_TEXT, AT(receiver_username),                                    \
         .doc = "User name of the receiver."},                                                     \
        {"sender_uid", JSON_TEXT, AT(sender_uid), .doc = "Uid of the sender."},                    \
        {"receiver_uid", JSON_TEXT, AT(receiver_uid), .doc = "Uid of the receiver."},              \
        {"direction", JSON_TEXT, AT(direction), .doc = "in or out, for who asks."},                \
        {"amount", JSON_DEC, AT(amount), .doc = "What was sent."},                                 \
        {"status", JSON_TEXT, AT(status), .doc = "completed."}, TIME_ROWS

const struct json_field internal_transfer_fields[] = {
    INTERNAL_TRANSFER_ROWS,
    {NULL},
};
const struct json_field admin_internal_transfer_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Id of the row."},
    INTERNAL_TRANSFER_ROWS,
    {NULL},
};
#undef AT
