/* /internal/payouts: accounting says what to pay; here is what became of it. */
#include <string.h>

#include "blockchain/actions/payout_request.h"
#include "blockchain/http/context.h"
#include "blockchain/http/routes_internal.h"

/* ---- how a payout looks ---- */

struct tx_shown {
    const char *txid, *state, *fee_units, *raw;
    uint64_t nonce, height;
    bool has_nonce, is_replacement;
};
#define AT(member) offsetof(struct tx_shown, member)
static const struct json_field tx_fields[] = {
    {"txid", JSON_TEXT, AT(txid), .doc = "Id; null until it is signed."},
    {"state", JSON_TEXT, AT(state), .doc = "building, signed, mined, void, dropped."},
    {"fee_units", JSON_TEXT, AT(fee_units),
     .doc = "Fee of the native coin; until it is mined the most."},
    {"nonce", JSON_U64, AT(nonce), .flags = JSON_NULL_UNLESS, .present_offset = AT(has_nonce),
     .doc = "Ethereum-like chains."},
    {"height", JSON_U64, AT(height), .flags = JSON_NULL_IF_ZERO, .doc = "Of its block."},
    {"replacement", JSON_BOOL, AT(is_replacement), .doc = "A dearer one in place of an older one."},
    {"raw", JSON_TEXT, AT(raw), .doc = "The signed bytes."},
    {NULL},
};
#undef AT

struct payout_shown {
    const char *payout_id, *chain, *contract, *to, *from, *units, *purpose, *owner, *state, *reason;
    const char *txid, *fee_units;
    bool subtract_fee;
    uint64_t height;
    int64_t created_at, updated_at;
    const struct tx_shown *transactions;
    size_t transactions_count;
};
#define AT(member) offsetof(struct payout_shown, member)
static const struct json_field payout_fields[] = {
    {"payout_id", JSON_TEXT, AT(payout_id), .doc = "As it was asked for."},
    {"chain", JSON_TEXT, AT(chain), .doc = "Chain key."},
    {"contract", JSON_TEXT, AT(contract), .doc = "Token; empty: the native coin."},
    {"to", JSON_TEXT, AT(to), .doc = "Canonical address."},
    {"from", JSON_TEXT, AT(from), .doc = "Empty: the hot account."},
    {"units", JSON_TEXT, AT(units), .doc = "Smallest units."},
    {"purpose", JSON_TEXT, AT(purpose), .doc = "withdrawal, refund, collection, offload, gas."},
    {"owner", JSON_TEXT, AT(owner), .doc = "Whose it is."},
    {"subtract_fee", JSON_BOOL, AT(subtract_fee), .doc = "The fee comes off the amount."},
    {"state", JSON_TEXT, AT(state),
     .doc = "queued, waiting, building, signed, broadcast, unknown, confirmed, failed, cancelled, "
            "refused."},
    {"reason", JSON_TEXT, AT(reason), .doc = "Why."},
    {"txid", JSON_TEXT, AT(txid), .doc = "The transaction that decided, or the last one."},
    {"fee_units", JSON_TEXT, AT(fee_units), .doc = "Its fee."},
    {"height", JSON_U64, AT(height), .flags = JSON_NULL_IF_ZERO, .doc = "Of its block."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was asked for."},
    {"updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it last changed."},
    {"transactions", JSON_ARRAY, AT(transactions), .sub = tx_fields,
     .sub_size = sizeof(struct tx_shown), .count_offset = AT(transactions_count),
     .doc = "All that were ever made for it."},
    {NULL},
};
#undef AT

static const char *tx_state(enum payout_tx_state state)
{
    static const char *const names[] = {[PAYOUT_TX_BUILDING] = "building",
                                        [PAYOUT_TX_SIGNED] = "signed",
                                        [PAYOUT_TX_MINED] = "mined",
                                        [PAYOUT_TX_VOID] = "void",
                                        [PAYOUT_TX_DROPPED] = "dropped"};
    assert(state < ARRAY_LEN(names));
    return names[state];
}

static bool show(struct arena *arena, struct db *db, const struct payout *payout,
                 struct payout_shown *ret_shown, struct err *err)
{
    struct payout_tx_list list;
    if (!payout_txs_of(db, arena, payout->id, &list, err))
        return false;
    struct tx_shown *rows = arena_alloc(arena, (list.count + 1) * sizeof(*rows));
    if (!rows)
        return err_set(err, ERR_BUSY, "no memory for a request");
    struct payout_shown shown = {.payout_id = payout->id,
                                 .chain = payout->chain_key,
                                 .contract = payout->contract,
                                 .to = payout->to,
                                 .from = payout->from,
                                 .units = payout->units,
                                 .purpose = payout_purpose_name(payout->purpose),
                                 .owner = payout->owner,
                                 .subtract_fee = payout->subtract_fee,
                                 .state = payout_state_name(payout->state),
                                 .reason = payout->reason,
                                 .created_at = payout->created_at_us,
                                 .updated_at = payout->updated_at_us,
                                 .transactions = rows,
                                 .transactions_count = list.count};
    for (size_t i = 0; i < list.count; i++) {
        const struct payout_tx *tx = &list.rows[i];
        rows[i] = (struct tx_shown){.txid = tx->txid[0] ? tx->txid : NULL,
                                    .state = tx_state(tx->state),
                                    .fee_units = tx->fee_units,
                                    .raw = tx->raw,
                                    .nonce = tx->nonce,
                                    .has_nonce = tx->has_nonce,
                                    .height = tx->mined_height,
                                    .is_replacement = tx->replaces != 0};
        if (tx->txid[0] && (payout->paid_tx == 0 || payout->paid_tx == tx->id)) {
            shown.txid = tx->txid;
            shown.fee_units = tx->fee_units;
            shown.height = tx->mined_height;
        }
    }
    *ret_shown = shown;
    return true;
}

static void reply(struct http_request *request, struct db *db, const struct payout *payout,
                  int status)
{
    struct payout_shown shown;
    struct err err;
    if (!show(http_arena(request), db, payout, &shown, &err)) {
        http_reply_err(request, &err);
        return;
    }
    json_write_object(http_reply_builder(request), payout_fields, &shown);
    http_reply_built(request, status);
}

/* ---- PUT /internal/payouts/:id ---- */

struct put_request {
    const char *id, *chain, *contract, *to, *units, *purpose, *from, *fee_cap_units, *owner,
        *approvals;
    struct param_bool subtract_fee;
};
#define AT(member) offsetof(struct put_request, member)
#define TEXT(key, extra, text)                                                                     \
    {                                                                                              \
        .name = #key, .kind = PARAM_TEXT, .offset = AT(key), .flags = extra, .doc = text           \
    }
#define ID_ROW                                                                                     \
    {                                                                                              \
        .name = "id", .kind = PARAM_TEXT, .offset = 0, .flags = PARAM_IN_PATH | PARAM_REQUIRED,    \
        .doc = "Id of the payout."                                                                 \
    }
static const struct param put_params[] = {
    ID_ROW,
    TEXT(chain, PARAM_REQUIRED, "Chain key."),
    TEXT(contract, 0, "Token; empty: the native coin."),
    TEXT(to, PARAM_REQUIRED, "Address."),
    TEXT(units, PARAM_REQUIRED, "Smallest units, digits."),
    TEXT(purpose, PARAM_REQUIRED, "withdrawal, collection, refund, offload."),
    TEXT(from, 0, "Deposit address of a collection."),
    TEXT(fee_cap_units, 0, "The most that the fee may be."),
    TEXT(owner, 0, "Whose it is."),
    {.name = "subtract_fee",
     .kind = PARAM_BOOL,
     .offset = AT(subtract_fee),
     .doc = "The fee comes off the amount."},
    {.name = "approvals",
     .kind = PARAM_JSON,
     .offset = AT(approvals),
     .doc = "Signed approvals, for the signer."},
    PARAM_END,
};
#undef AT

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void put(struct http_request *request)
{
    const struct put_request *asked = http_params(request);
    struct db *db = request_db(request);
    struct payout payout;
    struct err err;
    bool is_new;
    if (!db)
        return;
    const struct payout_request wanted = {
        .id = asked->id,
        .chain = asked->chain,
        .contract = or_empty(asked->contract),
        .to = asked->to,
        .units = asked->units,
        .purpose = asked->purpose,
        .from = or_empty(asked->from),
        .fee_cap_units = or_empty(asked->fee_cap_units),
        .owner = or_empty(asked->owner),
        .approvals = asked->approvals && asked->approvals[0] ? asked->approvals : "[]",
        .subtract_fee = asked->subtract_fee.given && asked->subtract_fee.value,
    };
    if (payout_request(request_app(request), db, http_arena(request), &wanted, &is_new, &payout,
                       &err))
        reply(request, db, &payout, is_new ? 201 : 200);
    else
        http_reply_err(request, &err);
}

/* ---- GET /internal/payouts/:id, POST .../cancel ---- */

struct id_request {
    const char *id;
};
static const struct param id_params[] = {ID_ROW, PARAM_END};

static void get(struct http_request *request)
{
    const struct id_request *asked = http_params(request);
    struct db *db = request_db(request);
    struct payout payout;
    struct err err;
    if (!db)
        return;
    if (payout_find(db, http_arena(request), asked->id, &payout, NULL, &err))
        reply(request, db, &payout, 200);
    else
        http_reply_err(request, &err);
}

static void cancel(struct http_request *request)
{
    const struct id_request *asked = http_params(request);
    struct db *db = request_db(request);
    struct payout payout;
    struct err err;
    if (!db)
        return;
    if (payout_cancel(request_app(request), db, http_arena(request), asked->id, &payout, &err))
        reply(request, db, &payout, 200);
    else
        http_reply_err(request, &err);
}

#define ROUTE(verb, rest, who)                                                                     \
    .method = verb, .path = "/internal/payouts/:id" rest, .mode = HTTP_WORKER, .access = who,      \
    .class_name = "blockchain.payout", .tag = "internal", .reply = payout_fields

const struct http_route internal_payout_routes[] = {
    {ROUTE("PUT", "", ACCESS_SPEND), .handler = put, .params = put_params,
     .params_size = sizeof(struct put_request),
     .doc = "Pay this, once. The same again answers 200; the same id with something else 409."},
    {ROUTE("GET", "", ACCESS_READ), .handler = get, .params = id_params,
     .params_size = sizeof(struct id_request), .doc = "A payout with all of its transactions."},
    {ROUTE("POST", "/cancel", ACCESS_SPEND), .handler = cancel, .params = id_params,
     .params_size = sizeof(struct id_request), .doc = "Forget it, until it is signed; then 409."},
    {.method = NULL}};
