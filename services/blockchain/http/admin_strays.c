/* GET /admin/strays: what was sent to addresses of ours and is nobody's deposit (store/strays.h). */
#include "blockchain/http/context.h"
#include "blockchain/http/routes_admin.h"
#include "blockchain/store/strays.h"

struct strays_form {
    const char *chain, *txid;
    struct param_i64 limit;
};
#define AT(member) offsetof(struct strays_form, member)
static const struct param strays_params[] = {
    {.name = "chain", .kind = PARAM_TEXT, .offset = AT(chain), .doc = "Only of this chain."},
    {.name = "txid", .kind = PARAM_TEXT, .offset = AT(txid), .doc = "Only of this transaction."},
    {.name = "limit",
     .kind = PARAM_I64,
     .offset = AT(limit),
     .flags = PARAM_RANGE,
     .min = 1,
     .max = STRAYS_SHOWN_MAX,
     .fallback = "100",
     .doc = "How many at most, the newest first."},
    PARAM_END};
#undef AT

struct stray_shown {
    const char *kind, *chain, *txid, *contract, *address, *owner, *elsewhere, *units, *from;
    int64_t index, created_at;
    uint64_t height;
};
#define AT(member) offsetof(struct stray_shown, member)
static const struct json_field stray_fields[] = {
    {"kind", JSON_TEXT, AT(kind),
     .doc = "unlisted_token: its contract is not listed; other_chain: the address is given out on "
            "another chain only."},
    {"chain", JSON_TEXT, AT(chain), .doc = "Where it came in."},
    {"txid", JSON_TEXT, AT(txid), .doc = "Transaction."},
    {"index", JSON_I64, AT(index), .doc = "Output or log."},
    {"contract", JSON_TEXT, AT(contract), .doc = "Token; empty: the native coin."},
    {"address", JSON_TEXT, AT(address), .doc = "Ours."},
    {"owner", JSON_TEXT, AT(owner), .doc = "Whose address on this chain; null: nobody's."},
    {"owners_elsewhere", JSON_TEXT, AT(elsewhere),
     .doc = "Who has the address on other chains: key and owner of each; null: nobody."},
    {"units", JSON_TEXT, AT(units), .doc = "Smallest units, as the contract counts."},
    {"from", JSON_TEXT, AT(from), .doc = "Sender."},
    {"height", JSON_U64, AT(height), .doc = "Of its block."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was seen."},
    {NULL},
};
#undef AT

static const char *text_or_null(const char *text)
{
    return text[0] ? text : NULL;
}

static struct stray_shown show(const struct stray_row *row)
{
    return (struct stray_shown){.kind = row->kind,
                                .chain = row->chain_key,
                                .txid = row->txid,
                                .index = row->index,
                                .contract = row->contract,
                                .address = row->address,
                                .owner = text_or_null(row->owner),
                                .elsewhere = text_or_null(row->elsewhere),
                                .units = row->units,
                                .from = row->from,
                                .height = row->height,
                                .created_at = row->created_at};
}

static void strays(struct http_request *request)
{
    const struct strays_form *form = http_params(request);
    struct db *db = request_db(request);
    struct stray_row *rows = NULL;
    size_t count = 0;
    struct err err;
    if (!db)
        return;
    if (!strays_list(db, http_arena(request), form->chain ? form->chain : "",
                     form->txid ? form->txid : "", (size_t)form->limit.value, &rows, &count,
                     &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct stray_shown *shown = arena_alloc(http_arena(request), (count + 1) * sizeof(*shown));
    if (!shown) {
        err_set(&err, ERR_BUSY, "no memory for a request");
        http_reply_err(request, &err);
        return;
    }
    for (size_t i = 0; i < count; i++)
        shown[i] = show(&rows[i]);
    http_reply_array(request, stray_fields, shown, count, sizeof(*shown));
}

const struct http_route admin_stray_routes[] = {
    {.method = "GET",
     .path = "/api/v2/admin/strays",
     .mode = HTTP_WORKER,
     .access = ACCESS_ADMIN,
     .class_name = "blockchain.chain",
     .tag = "admin",
     .status = 200,
     .handler = strays,
     .params = strays_params,
     .params_size = sizeof(struct strays_form),
     .reply = stray_fields,
     .reply_is_array = true,
     .doc = "What was sent to addresses of ours on a wrong chain, or as a token that is not "
            "listed: credited to nobody."},
    {.method = NULL}};
