/* /internal/payouts: accounting says what to pay; here is what became of it. */
#include <string.h>

#include "blockchain/actions/payout_request.h"
#include "blockchain/http/context.h"
#include "blockchain/http/payout_view.h"
#include "blockchain/http/routes_internal.h"

static void reply(struct http_request *request, struct db *db, const struct payout *payout,
                  int status)
{
    struct payout_shown shown;
    struct err err;
    if (!payout_show(http_arena(request), db, payout, &shown, &err)) {
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
