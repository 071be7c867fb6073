#include "accounting/http/entities_wallet.h"

#include <string.h>

#define AT(member) offsetof(struct wallet_view, member)
const struct json_field wallet_fields[] = {
    {"id", JSON_I64, AT(id), .doc = "Id of the row."},
    {"name", JSON_TEXT, AT(name), .doc = "Name."},
    {"kind", JSON_TEXT, AT(kind), .doc = "deposit, fee, hot, warm or cold."},
    {"protocol", JSON_TEXT, AT(protocol), .doc = "Name of the chain's protocol."},
    {"currencies", JSON_TEXT_ARRAY, AT(currencies), .count_offset = AT(currencies_count),
     .doc = "Codes of the currencies that it serves."},
    {"address", JSON_TEXT, AT(address), .doc = "Its address."},
    {"gateway", JSON_TEXT, AT(gateway), .doc = "Name of its back end."},
    {"max_balance", JSON_DEC, AT(max_balance),
     .doc = "What it should hold at most, in the platform currency."},
    {"balance", JSON_RAW, AT(balance),
     .doc = "Object code to decimal text or N/A: what was last seen on the chain."},
    {"blockchain_key", JSON_TEXT, AT(blockchain_key), .doc = "Key of its chain."},
    {"status", JSON_TEXT, AT(status), .doc = "active or disabled."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},
    {"updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it last changed."},
    {NULL},
};
#undef AT

bool currencies_split(struct arena *arena, const char *listed, const char *const **ret_items,
                      size_t *ret_count)
{
    size_t count = 0, room = 1;
    for (const char *at = listed; at && *at; at++)
        room += *at == ',';
    const char **items = arena_alloc(arena, room * sizeof(*items));
    if (!items)
        return false;
    while (listed && *listed) {
        size_t length = strcspn(listed, ",");
        items[count] = arena_strndup(arena, listed, length);
        if (!items[count++])
            return false;
        listed += length + (listed[length] == ',');
    }
    *ret_items = items;
    *ret_count = count;
    return true;
}

bool wallet_view_fill(struct arena *arena, const struct wallet_row *row,
                      struct wallet_view *ret_view)
{
    *ret_view = (struct wallet_view){
        .id = row->id,
        .name = row->name,
        .kind = wallet_kind_word(row->kind),
        .protocol = row->protocol,
        .address = row->address,
        .gateway = row->gateway,
        .balance = row->balance,
        .blockchain_key = row->blockchain_key,
        .status = row->status,
        .max_balance = row->max_balance,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
    return currencies_split(arena, row->currencies, &ret_view->currencies,
                            &ret_view->currencies_count);
}

#define AT(member) offsetof(struct contract_row, member)
const struct json_field contract_fields[] = {
    {"id", JSON_I64, AT(id), .doc = "Id of the row."},
    {"address", JSON_TEXT, AT(address), .doc = "Address of the contract."},
    {"description", JSON_TEXT, AT(description), .doc = "Text about it."},
    {"blockchain_key", JSON_TEXT, AT(blockchain_key), .doc = "Key of its chain."},
    {"state", JSON_TEXT, AT(state), .doc = "active or disabled."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},
    {"updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it last changed."},
    {NULL},
};
