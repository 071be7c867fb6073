/* /admin/payouts: those that wait for operators, and how they are ended (actions/payout_settle.h). */
#include "blockchain/actions/payout_settle.h"
#include "blockchain/domain/settlement.h"
#include "blockchain/http/chain_request.h"
#include "blockchain/http/context.h"
#include "blockchain/http/payout_view.h"
#include "blockchain/http/routes_admin.h"
#include "blockchain/http/settlement_view.h"

/* ---- GET /api/v2/admin/payouts ---- */

struct list_form {
    const char *chain;
};
static const struct param list_params[] = {{.name = "chain",
                                            .kind = PARAM_TEXT,
                                            .offset = offsetof(struct list_form, chain),
                                            .doc = "Only of this chain."},
                                           PARAM_END};

static bool show_all(struct http_request *request, struct db *db, const char *chain,
                     struct payout_shown **ret_shown, size_t *ret_count, struct err *err)
{
    struct arena *arena = http_arena(request);
    struct payout_list list;
    if (!payouts_unsettled(db, arena, chain ? chain : "", &list, err))
        return false;
    struct payout_shown *shown = arena_alloc(arena, (list.count + 1) * sizeof(*shown));
    if (!shown)
        return err_set(err, ERR_BUSY, "no memory for a request");
    for (size_t i = 0; i < list.count; i++)
        if (!payout_show(arena, db, &list.rows[i], &shown[i], err))
            return false;
    *ret_shown = shown;
    *ret_count = list.count;
    return true;
}

static void list(struct http_request *request)
{
    const struct list_form *form = http_params(request);
    struct db *db = request_db(request);
    struct payout_shown *shown = NULL;
    size_t count = 0;
    struct err err;
    if (!db)
        return;
    if (show_all(request, db, form->chain, &shown, &count, &err))
        http_reply_array(request, payout_fields, shown, count, sizeof(*shown));
    else
        http_reply_err(request, &err);
}

/* ---- POST /api/v2/admin/payouts/:id/settle ---- */

struct settle_form {
    const char *id, *outcome, *evidence, *note;
};
#define AT(member) offsetof(struct settle_form, member)
static const struct param settle_params[] = {
    ROW_PATH("id", AT(id), "Id of the payout."),
    {.name = "outcome",
     .kind = PARAM_TEXT,
     .offset = AT(outcome),
     .flags = PARAM_REQUIRED,
     .values = "paid unpaid",
     .value_code = "blockchain.settlement.invalid_outcome",
     .doc = "What became of it."},
    {.name = "evidence",
     .kind = PARAM_TEXT,
     .offset = AT(evidence),
     .flags = PARAM_RANGE,
     .max = SETTLEMENT_EVIDENCE_SIZE - 1,
     .length_code = "blockchain.settlement.invalid_evidence",
     .doc = "paid: the transaction that did (of a custodian the id of his transfer). unpaid, when "
            "the signer "
            "signed something else for it: one of the `inputs` that its audit file lists for the "
            "payout."},
    {.name = "note",
     .kind = PARAM_TEXT,
     .offset = AT(note),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK | PARAM_RANGE,
     .max = SETTLEMENT_NOTE_CHARS_MAX,
     .length_code = "blockchain.settlement.too_long_note",
     .doc = "Why, for those who read it later."},
    PARAM_END};
#undef AT

static void settle(struct http_request *request)
{
    const struct settle_form *form = http_params(request);
    struct db *db = request_db(request);
    char uid[SETTLEMENT_WHO_SIZE];
    struct settlement_row row;
    struct err err;
    if (!db)
        return;
    const struct settle_request asked = {.payout_id = form->id,
                                         .outcome = form->outcome,
                                         .evidence = form->evidence ? form->evidence : "",
                                         .note = form->note,
                                         .operator_uid = uid};
    if (!request_settler(request, uid, sizeof(uid), &err) ||
        !payout_settle(request_app(request), db, http_arena(request), &asked, &row, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct settlement_shown shown = settlement_show(&row);
    json_write_object(http_reply_builder(request), settlement_fields, &shown);
    http_reply_built(request, row.done_at ? 200 : 202);
}

#define ROUTE(verb, rest)                                                                          \
    .method = (verb), .path = "/api/v2/admin/payouts" rest, .mode = HTTP_WORKER,                   \
    .access = ACCESS_ADMIN, .class_name = "blockchain.settlement", .tag = "admin", .status = 200

const struct http_route admin_payout_routes[] = {
    {ROUTE("GET", ""), .handler = list, .params = list_params,
     .params_size = sizeof(struct list_form), .reply = payout_fields, .reply_is_array = true,
     .doc = "Payouts whose outcome is unknown, or that a reorganisation undid."},
    {ROUTE("POST", "/:id/settle"), .handler = settle, .params = settle_params,
     .params_size = sizeof(struct settle_form), .reply = settlement_fields,
     .doc =
         "End one that no rule can end, by evidence that the chain is asked about. 202: a second "
         "operator has to say the same."},
    {.method = NULL}};
