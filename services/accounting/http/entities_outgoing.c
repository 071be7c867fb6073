#include "accounting/http/entities_outgoing.h"

#include <string.h>

#include "accounting/actions/beneficiary_change.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "base/auto.h"
#include "json/field.h"

enum { ACCOUNT_BYTES_MAX = 64, OPERATOR_BYTES_MAX = 48 };

bool request_outgoing(struct http_request *request, const char *actor,
                      struct outgoing *ret_outgoing)
{
    struct db *db = request_db(request);
    if (!db)
        return false;
    *ret_outgoing = (struct outgoing){.app = request_app(request),
                                      .catalog = request_catalog(request),
                                      .db = db,
                                      .arena = http_arena(request),
                                      .now_us = clock_now_us(http_clock(request)),
                                      .actor = actor};
    return true;
}

const char *request_operator(struct http_request *request)
{
    AUTO(str_release) struct str text = STR_INIT(OPERATOR_BYTES_MAX);
    str_add(&text, "admin ");
    str_add(&text, request_member(request)->uid);
    const char *actor = arena_strdup(http_arena(request), str_data(&text));
    return actor ? actor : "admin";
}

/* ---- Beneficiary ---- */

#define AT(member) offsetof(struct beneficiary_view, member)
#define BENEFICIARY_ROWS                                                                           \
    {"id", JSON_U64, AT(id), .doc = "Id."},                                                        \
        {"blockchain_key", JSON_TEXT, AT(blockchain_key),                                          \
         .doc = "Key of the blockchain; null for fiat."},                                          \
        {"blockchain_name", JSON_TEXT, AT(blockchain_name), JSON_OMIT_EMPTY,                       \
         .doc = "Name of the blockchain."},                                                        \
        {"currency", JSON_TEXT, AT(currency), .doc = "Currency code."},                            \
        {"uid", JSON_TEXT, AT(uid), .doc = "Whose."},                                              \
        {"name", JSON_TEXT, AT(name), .doc = "What its owner calls it."},                          \
        {"description", JSON_TEXT, AT(description), .doc = "Text about it."},                      \
        {"data", JSON_RAW, AT(data),                                                               \
         .doc = "Coins: address. Fiat: full_name, account_number, ..."},                           \
        {"state", JSON_TEXT, AT(state), .doc = "pending or active."},                              \
    {                                                                                              \
        "sent_at", JSON_TIME_ISO, AT(sent_at), .doc = "When the last code was sent."               \
    }

const struct json_field beneficiary_fields[] = {BENEFICIARY_ROWS, {NULL}};
const struct json_field admin_beneficiary_fields[] = {
    BENEFICIARY_ROWS,
    {"protocol", JSON_TEXT, AT(protocol), JSON_OMIT_EMPTY, .doc = "Protocol of the blockchain."},
    {NULL}};
#undef AT

static const char *data_shown(const struct outgoing *outgoing, const struct beneficiary *row)
{
    AUTO(str_release) struct str text = STR_INIT(2 * BENEFICIARY_DATA_BYTES_MAX);
    if (!beneficiary_data_masked(row->data, &text))
        return NULL;
    return arena_strdup(outgoing->arena, str_data(&text));
}

bool beneficiary_view_or_reply(struct http_request *request, const struct outgoing *outgoing,
                               struct beneficiary *row, bool is_masked,
                               struct beneficiary_view *ret_view)
{
    const struct blockchain *chain =
        row->blockchain_key ? catalog_blockchain(outgoing->catalog, row->blockchain_key) : NULL;
    struct err err;
    if (!row->data && !beneficiary_open(outgoing, row, &err)) {
        http_reply_err(request, &err);
        return false;
    }
    const char *data = row->data;
    if (is_masked && !row->blockchain_key && !(data = data_shown(outgoing, row))) {
        err_set(&err, ERR_BUSY, "no memory for a beneficiary");
        http_reply_err(request, &err);
        return false;
    }
    *ret_view = (struct beneficiary_view){
        .id = row->id,
        .blockchain_key = row->blockchain_key,
        .blockchain_name = chain ? chain->name : NULL,
        .currency = row->currency_id,
        .uid = row->uid,
        .name = row->name,
        .description = row->description,
        .data = data,
        .state = beneficiary_state_word(row->state),
        .protocol = chain ? chain->protocol : NULL,
        .sent_at = row->sent_at,
    };
    return true;
}

void beneficiaries_reply(struct http_request *request, const struct outgoing *outgoing,
                         const struct json_field *fields, const struct listed *listed,
                         bool is_masked)
{
    struct beneficiary *rows = listed->rows;
    struct beneficiary_view *views = admin_alloc_or_reply(request, listed->count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < listed->count; i++)
        if (!beneficiary_view_or_reply(request, outgoing, &rows[i], is_masked, &views[i]))
            return;
    http_reply_array(request, fields, views, listed->count, sizeof(*views));
}

/* ---- Withdraw ---- */

#define AT(member) offsetof(struct withdraw_view, member)
#define ONLY_COINS JSON_OMIT_EMPTY, .present_offset = AT(is_coin)
#define WITHDRAW_ROWS                                                                              \
    {"id", JSON_U64, AT(id), .doc = "Id."},                                                        \
        {"currency", JSON_TEXT, AT(currency), .doc = "Currency code."},                            \
        {"type", JSON_TEXT, AT(type), .doc = "coin or fiat."},                                     \
        {"blockchain_key", JSON_TEXT, AT(blockchain_key), ONLY_COINS,                              \
         .doc = "Coins: key of the blockchain."},                                                  \
        {"amount", JSON_DEC, AT(amount), .doc = "What leaves the account, fee included."},         \
        {"fee", JSON_DEC, AT(fee), .doc = "Fee."},                                                 \
        {"blockchain_txid", JSON_TEXT, AT(blockchain_txid), .doc = "Transaction of the chain."},   \
        {"rid", JSON_TEXT, AT(rid), .doc = "Where to: an address, or a fiat beneficiary."},        \
        {"protocol", JSON_TEXT, AT(protocol), ONLY_COINS,                                          \
         .doc = "Coins: protocol of the blockchain."},                                             \
        {"state", JSON_TEXT, AT(state), .doc = "State."},                                          \
        {"confirmations",                                                                          \
         JSON_I64,                                                                                 \
         AT(confirmations),                                                                        \
         JSON_NULL_UNLESS,                                                                         \
         .present_offset = AT(has_confirmations),                                                  \
         .doc = "Confirmations of the transaction."},                                              \
        {"note", JSON_TEXT, AT(note), .doc = "What the member wrote about it."},                   \
        {"transfer_type", JSON_TEXT, AT(transfer_type), .doc = "fiat, crypto, wire, ..."},         \
        {"reason", JSON_TEXT, AT(reason), JSON_OMIT_EMPTY,                                         \
         .doc = "Why it stands where it stands: limit_24_hour, liquidity, ..."},                   \
        {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},                 \
        {"updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it last changed."},             \
    {                                                                                              \
        "done_at", JSON_TIME_ISO, AT(done_at), .doc = "When it ended."                             \
    }

const struct json_field withdraw_fields[] = {WITHDRAW_ROWS, {NULL}};

const struct json_field admin_withdraw_fields[] = {
    WITHDRAW_ROWS,
    {"member", JSON_U64, AT(member_id), .doc = "Id of the member."},
    {"beneficiary", JSON_OBJECT_REF, AT(beneficiary), JSON_OMIT_EMPTY,
     .doc = "Of a single one: its beneficiary.", .sub = admin_beneficiary_fields,
     .sub_size = sizeof(struct beneficiary_view), .present_offset = AT(has_beneficiary)},
    {"uid", JSON_TEXT, AT(uid), .doc = "Whose."},
    {"email", JSON_TEXT, AT(email), .doc = "His e-mail address."},
    {"account", JSON_RAW, AT(account), .doc = "Key of the account: currency and member."},
    {"block_number", JSON_I64, AT(block_number), JSON_OMIT_EMPTY, .present_offset = AT(has_block),
     .doc = "Coins: block of the transaction."},
    {"tid", JSON_TEXT, AT(tid), .doc = "Id for other servers."},
    {"error", JSON_RAW, AT(error), JSON_OMIT_EMPTY, .present_offset = AT(is_unfinished),
     .doc = "What went wrong: [{class, message}]."},
    {"metadata", JSON_RAW, AT(metadata), .doc = "What operators keep with it."},
    {NULL}};

const struct json_field management_withdraw_fields[] = {
    {"tid", JSON_TEXT, AT(tid), .doc = "Id for other servers."},
    {"uid", JSON_TEXT, AT(uid), .doc = "Whose."},
    {"currency", JSON_TEXT, AT(currency), .doc = "Currency code."},
    {"note", JSON_TEXT, AT(note), .doc = "Text about it."},
    {"type", JSON_TEXT, AT(type), .doc = "coin or fiat."},
    {"amount", JSON_DEC, AT(net), .doc = "What arrives, without the fee."},
    {"fee", JSON_DEC, AT(fee), .doc = "Fee."},
    {"rid", JSON_TEXT, AT(rid), .doc = "Where to."},
    {"blockchain_key", JSON_TEXT, AT(blockchain_key), .doc = "Key of the blockchain."},
    {"state", JSON_TEXT, AT(state), .doc = "State."},
    {"reason", JSON_TEXT, AT(reason), JSON_OMIT_EMPTY, .doc = "Why it stands where it stands."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},
    {"blockchain_txid", JSON_TEXT, AT(blockchain_txid), .doc = "Transaction of the chain."},
    {"transfer_type", JSON_TEXT, AT(transfer_type), .doc = "fiat, crypto, wire, ..."},
    {NULL}};
#undef ONLY_COINS
#undef AT

static const char *account_key_text(const struct outgoing *outgoing, const struct withdraw *row)
{
    AUTO(str_release) struct str text = STR_INIT(ACCOUNT_BYTES_MAX);
    str_add_format(&text, "[\"%s\",%lu]", row->currency_id, (unsigned long)row->member_id);
    return arena_strdup(outgoing->arena, str_data(&text));
}

struct withdraw_view withdraw_view_of(const struct outgoing *outgoing, const struct withdraw *row)
{
    const struct blockchain *chain =
        row->blockchain_key && outgoing->catalog
            ? catalog_blockchain(outgoing->catalog, row->blockchain_key)
            : NULL;
    return (struct withdraw_view){
        .id = row->id,
        .member_id = row->member_id,
        .currency = row->currency_id,
        .type = row->is_coin ? "coin" : "fiat",
        .blockchain_key = row->blockchain_key,
        .blockchain_txid = row->txid,
        .rid = row->rid,
        .protocol = chain ? chain->protocol : NULL,
        .state = withdraw_state_word(row->state),
        .note = row->note,
        .transfer_type = transfer_type_word(row->transfer_type),
        .reason = row->reason,
        .tid = row->tid,
        .uid = row->uid,
        .email = row->email,
        .account = account_key_text(outgoing, row),
        .error = row->error,
        .metadata = row->metadata,
        .amount = row->sum,
        .fee = row->fee,
        .net = row->amount,
        .is_coin = row->is_coin,
        .has_confirmations = row->is_coin && row->has_confirmations,
        .has_block = row->is_coin && row->has_block,
        .is_unfinished = row->state != WITHDRAW_SUCCEED,
        .confirmations = row->confirmations,
        .block_number = row->block_number,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
        .done_at = row->completed_at,
    };
}

void withdraws_reply(struct http_request *request, const struct outgoing *outgoing,
                     const struct json_field *fields, const struct listed *listed)
{
    const struct withdraw *rows = listed->rows;
    struct withdraw_view *views = admin_alloc_or_reply(request, listed->count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < listed->count; i++)
        views[i] = withdraw_view_of(outgoing, &rows[i]);
    http_reply_array(request, fields, views, listed->count, sizeof(*views));
}
