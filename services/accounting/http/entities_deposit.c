#include "accounting/http/entities_deposit.h"

#include <string.h>

#include "accounting/actions/deposit_tell.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/entities_wallet.h"
#include "base/auto.h"

enum { ADDRESSES_BYTES_MAX = 256 * 1024 };

/* clang-format off */
#define AT(member) offsetof(struct deposit_view, member)
#define USER_ROWS                                                                                  \
    {"id", JSON_U64, AT(id), .doc = "Id of the row."},                                             \
    {"currency", JSON_TEXT, AT(currency), .doc = "Currency code."},                                \
    {"blockchain_key", JSON_TEXT, AT(blockchain_key), .doc = "Key of the chain; null for fiat."},  \
    {"protocol", JSON_TEXT, AT(protocol), JSON_OMIT_EMPTY, .doc = "Coins: name of the protocol."}, \
    {"warning", JSON_TEXT, AT(warning), JSON_OMIT_EMPTY, .doc = "Coins: what to beware of."},      \
    {"amount", JSON_DEC, AT(amount), .doc = "Net amount."},                                        \
    {"fee", JSON_DEC, AT(fee), .doc = "Fee; 0 for coins."},                                        \
    {"txid", JSON_TEXT, AT(txid), .doc = "Its transaction."},                                      \
    {"confirmations", JSON_I64, AT(confirmations), JSON_OMIT_EMPTY, .present_offset = AT(is_coin), \
     .doc = "Coins: blocks on top of its own, itself included."},                                  \
    {"state", JSON_TEXT, AT(state), .doc = "State."},                                              \
    {"transfer_type", JSON_TEXT, AT(transfer_type), .doc = "crypto, fiat, card, wire, swift, sepa."}, \
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was first seen."},               \
    {"completed_at", JSON_TIME_ISO, AT(completed_at), .doc = "When it left `submitted`."},         \
    {"tid", JSON_TEXT, AT(tid), .doc = "Its name."},                                               \
    {"hold_reason", JSON_TEXT, AT(hold_reason), JSON_OMIT_EMPTY,                                   \
     .doc = "Why it is not credited by itself: below_minimum, deposit_disabled, member_inactive."}

const struct json_field deposit_fields[] = {USER_ROWS, {NULL}};
const struct json_field admin_deposit_fields[] = {
    USER_ROWS,
    {"member", JSON_U64, AT(member), .doc = "Row of the member."},
    {"uid", JSON_TEXT, AT(uid), .doc = "UID of the member."},
    {"email", JSON_TEXT, AT(email), .doc = "Address of the member."},
    {"address", JSON_TEXT, AT(address), .doc = "Where it came to."},
    {"txout", JSON_I64, AT(txout), JSON_NULL_UNLESS, .present_offset = AT(is_coin),
     .doc = "Number of the output or log."},
    {"block_number", JSON_I64, AT(block_number), JSON_OMIT_EMPTY, .present_offset = AT(has_block),
     .doc = "Coins: height of its block."},
    {"type", JSON_TEXT, AT(type), .doc = "coin or fiat."},
    {"spread", JSON_RAW, AT(spread), JSON_OMIT_EMPTY, .doc = "The parts it is collected in."},
    {"updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it last changed."},
    {NULL}};
const struct json_field management_deposit_fields[] = {
    {"tid", JSON_TEXT, AT(tid), .doc = "Its name."},
    {"currency", JSON_TEXT, AT(currency), .doc = "Currency code."},
    {"address", JSON_TEXT, AT(address), .doc = "Where it came to."},
    {"uid", JSON_TEXT, AT(uid), .doc = "UID of the member."},
    {"type", JSON_TEXT, AT(type), .doc = "coin or fiat."},
    {"amount", JSON_DEC, AT(amount), .doc = "Net amount."},
    {"blockchain_key", JSON_TEXT, AT(blockchain_key), .doc = "Key of the chain; null for fiat."},
    {"state", JSON_TEXT, AT(state), .doc = "State."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was first seen."},
    {"completed_at", JSON_TIME_ISO, AT(completed_at), .doc = "When it left `submitted`."},
    {"blockchain_txid", JSON_TEXT, AT(txid), JSON_OMIT_EMPTY, .doc = "Its transaction."},
    {"blockchain_confirmations", JSON_I64, AT(confirmations), JSON_OMIT_EMPTY,
     .present_offset = AT(is_coin), .doc = "Coins: blocks on top of its own."},
    {"transfer_type", JSON_TEXT, AT(transfer_type), .doc = "crypto, fiat, card, wire, swift, sepa."},
    {"hold_reason", JSON_TEXT, AT(hold_reason), JSON_OMIT_EMPTY,
     .doc = "Why it is not credited by itself."},
    {NULL}};
#undef AT
/* clang-format on */

struct deposit_view deposit_view_of(const struct deposit *row)
{
    return (struct deposit_view){
        .id = row->id,
        .member = row->member_id,
        .currency = row->currency_id,
        .blockchain_key = row->blockchain_key,
        .protocol = row->is_coin ? row->protocol : NULL,
        .warning = row->is_coin ? row->warning : NULL,
        .txid = row->txid,
        .state = deposit_state_word(row->state),
        .transfer_type = deposit_transfer_type_word(row->transfer_type, row->is_coin),
        .tid = row->tid,
        .uid = row->uid,
        .email = row->email,
        .address = row->address,
        .type = row->is_coin ? "coin" : "fiat",
        .spread = row->spread,
        .hold_reason = row->hold_reason,
        .amount = row->amount,
        .fee = row->fee,
        .confirmations = deposit_confirmations(row),
        .txout = row->txout,
        .block_number = row->block_number,
        .is_coin = row->is_coin,
        .has_block = row->block_number >= 0,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
        .completed_at = row->completed_at,
    };
}

void deposit_reply(struct http_request *request, const struct json_field *fields,
                   const struct deposit *row)
{
    struct deposit_view view = deposit_view_of(row);
    http_reply_object(request, fields, &view);
}

void deposits_reply(struct http_request *request, const struct json_field *fields,
                    const struct listed *listed)
{
    const struct deposit *rows = listed->rows;
    struct deposit_view *views = admin_alloc_or_reply(request, listed->count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < listed->count; i++)
        views[i] = deposit_view_of(&rows[i]);
    http_reply_array(request, fields, views, listed->count, sizeof(*views));
}

#define AT(member) offsetof(struct payment_address_view, member)
#define ADDRESS_ROWS                                                                               \
    {"currencies", JSON_TEXT_ARRAY, AT(currencies), .count_offset = AT(currencies_count),          \
     .doc = "What may be sent there."},                                                            \
        {"blockchain_key", JSON_TEXT, AT(blockchain_key), .doc = "Key of the chain."},             \
        {"address", JSON_TEXT, AT(address), .doc = "The address; null while there is none."},      \
    {                                                                                              \
        "state", JSON_TEXT, AT(state), .doc = "active or pending."                                 \
    }
const struct json_field payment_address_fields[] = {ADDRESS_ROWS, {NULL}};
const struct json_field management_payment_address_fields[] = {
    ADDRESS_ROWS,
    {"uid", JSON_TEXT, AT(uid), .doc = "UID of the member."},
    {"remote", JSON_BOOL, AT(remote), .doc = "Made by another server."},
    {NULL}};
#undef AT

void payment_address_reply(struct http_request *request, const struct json_field *fields,
                           const struct payment_address *row)
{
    struct err err;
    struct payment_address_view view = {
        .blockchain_key = row->blockchain_key,
        .address = row->address,
        .state = row->address ? "active" : "pending",
        .uid = row->uid,
        .remote = row->remote,
    };
    if (currencies_split(http_arena(request), row->currencies, &view.currencies,
                         &view.currencies_count))
        http_reply_object(request, fields, &view);
    else if (!err_set(&err, ERR_BUSY, "no memory for an address"))
        http_reply_err(request, &err);
}

static bool serves(const struct payment_address *address, const char *currency_id)
{
    size_t length = strlen(currency_id);
    for (const char *at = address->currencies; at && *at;) {
        size_t word = strcspn(at, ",");
        if (word == length && memcmp(at, currency_id, length) == 0)
            return true;
        at += word + (at[word] == ',');
    }
    return false;
}

void deposit_addresses_text(struct arena *arena, const struct listed *addresses,
                            const char *currency_id, const char **array, const char **first)
{
    AUTO(str_release) struct str text = STR_INIT(ADDRESSES_BYTES_MAX);
    const struct payment_address *rows = addresses->rows;
    size_t count = 0;
    str_add_char(&text, '[');
    for (size_t i = 0; i < addresses->count; i++) {
        struct payment_address_view view = {.blockchain_key = rows[i].blockchain_key,
                                            .address = rows[i].address,
                                            .state = rows[i].address ? "active" : "pending"};
        if (!serves(&rows[i], currency_id) ||
            !currencies_split(arena, rows[i].currencies, &view.currencies, &view.currencies_count))
            continue;
        size_t begin = text.length + (count > 0);
        if (count++ > 0)
            str_add_char(&text, ',');
        json_write_object(&text, payment_address_fields, &view);
        const char *one =
            count == 1 && str_ok(&text) ? arena_strdup(arena, text.data + begin) : NULL;
        if (one)
            *first = one;
    }
    str_add_char(&text, ']');
    const char *all = str_ok(&text) ? arena_strdup(arena, str_data(&text)) : NULL;
    if (all)
        *array = all;
}

#define AT(member) offsetof(struct refund_view, member)
const struct json_field refund_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Id of the row."},
    {"address", JSON_TEXT, AT(address), .doc = "Where it is sent."},
    {"deposit", JSON_OBJECT, AT(deposit), .sub = admin_deposit_fields, .doc = "What is sent back."},
    {NULL}};
