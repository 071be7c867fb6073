/*
 * /admin/fiat_payments: payments by bank that a gateway or a statement told of. Whose it is says one
 * operator, and another one approves.
 */
#include "accounting/actions/change_rules.h"
#include "accounting/actions/fiat_payment.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "accounting/http/member_lookup.h"
#include "accounting/http/routes_admin.h"

#include <string.h>

enum { NOTE_MAX = 160 };

/* ---- how one looks ---- */

struct payment_view {
    struct fiat_payment row;
    const char *state, *currency;
};

#define AT(member) offsetof(struct payment_view, member)
/* clang-format off */
static const struct json_field payment_fields[] = {
    {"id", JSON_U64, AT(row.id), .doc = "Id of the row."},
    {"source", JSON_TEXT, AT(row.source), .doc = "The payment gateway, or \"statement\"."},
    {"event_id", JSON_TEXT, AT(row.event_id), .doc = "Its name of the payment."},
    {"state", JSON_TEXT, AT(state), .doc = "parked, waiting, credited, refused, reversed, settling, settled."},
    {"reason", JSON_TEXT, AT(row.reason), .doc = "Why it is parked or waits: no_reference, unknown_reference, other_currency, unknown_currency, deposit_disabled, member_inactive, bad_amount, large, assigned."},
    {"currency", JSON_TEXT, AT(currency), .doc = "Currency, as it was told."},
    {"amount", JSON_DEC, AT(row.amount), .doc = "What came."},
    {"reference", JSON_TEXT, AT(row.reference), .doc = "What the payer wrote."},
    {"payer", JSON_TEXT, AT(row.payer), .doc = "Name of the payer."},
    {"payer_account", JSON_TEXT, AT(row.payer_account), .doc = "Account of the payer."},
    {"uid", JSON_TEXT, AT(row.uid), .doc = "Whose it is."},
    {"deposit_tid", JSON_TEXT, AT(row.deposit_tid), .doc = "Name of the deposit."},
    {"maker", JSON_TEXT, AT(row.maker_uid), .doc = "UID of the operator who brought or assigned it; may not approve it."},
    {"checker", JSON_TEXT, AT(row.checker_uid), .doc = "UID of the operator who approved or refused it."},
    {"frozen", JSON_DEC, AT(row.frozen), .doc = "What is frozen of the member since it was taken back."},
    {"collect", JSON_DEC, AT(row.collect), .doc = "Settling: what is taken of the member beside that; the rest of the amount is written off."},
    {"claimer", JSON_TEXT, AT(row.claimer_uid), .doc = "UID of the operator who said how it is settled; may not settle it."},
    {"settler", JSON_TEXT, AT(row.settler_uid), .doc = "UID of the operator who settled it."},
    {"note", JSON_TEXT, AT(row.note), .doc = "What an operator wrote."},
    {"created_at", JSON_TIME_ISO, AT(row.created_at), .doc = "When it was told."},
    {"updated_at", JSON_TIME_ISO, AT(row.updated_at), .doc = "When it last changed."},
    {NULL}};
/* clang-format on */
#undef AT

static struct payment_view view_of(const struct fiat_payment *row)
{
    return (struct payment_view){.row = *row, .state = fiat_payment_state_word(row->state)};
}

static void payment_reply(struct http_request *request, const struct fiat_payment *row)
{
    struct payment_view view = view_of(row);
    view.currency = view.row.currency_id;
    http_reply_object(request, payment_fields, &view);
}

/* ---- GET /admin/fiat_payments ---- */

struct list_form {
    const char *state, *currency, *source, *event_id, *uid;
    struct param_i64 id;
    struct paging paging;
    struct ordering ordering;
};

#define AT(member) offsetof(struct list_form, member)
/* clang-format off */
static const struct param list_params[] = {
    {.name = "state", .kind = PARAM_TEXT, .offset = AT(state), .values = fiat_payment_state_words,
     .value_code = "admin.fiat_payment.invalid_state", .doc = "State."},
    {.name = "id", .kind = PARAM_I64, .offset = AT(id),
     .type_code = "admin.fiat_payment.non_integer_id", .doc = "Exactly this row."},
    ROW_TEXT(ADMIN, "currency", AT(currency), "Currency, as it was told."),
    ROW_TEXT(ADMIN, "source", AT(source), "The payment gateway, or \"statement\"."),
    ROW_TEXT(ADMIN, "event_id", AT(event_id), "Its name of the payment."),
    ROW_TEXT(ADMIN, "uid", AT(uid), "UID of the member."),
    PAGING_ROWS("admin.pagination", struct list_form, paging),
    ORDERING_ROWS("admin.pagination", struct list_form, ordering, "desc", "id"),
    PARAM_END};
/* clang-format on */
#undef AT

static bool listed_of(struct http_request *request, struct db *db, const struct list_form *asked,
                      struct listed *ret_listed, struct err *err)
{
    struct member member = {.id = 0};
    if (asked->uid && *asked->uid && !member_by_uid_or_code(request, db, asked->uid, &member, err))
        return false;
    const struct fiat_payment_filter filter = {
        .id = asked->id.given && asked->id.value > 0 ? (uint64_t)asked->id.value : 0,
        .member_id = member.id,
        .state = asked->state,
        .currency_id = lower_text(http_arena(request), asked->currency),
        .source = asked->source,
        .event_id = asked->event_id,
    };
    struct listing listing = listing_of(request, &asked->paging, &asked->ordering);
    bool ok = fiat_payment_list(db, &filter, &listing, ret_listed, err);
    str_release(&listing.where);
    return ok;
}

static void list(struct http_request *request)
{
    const struct list_form *asked = http_params(request);
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!listed_of(request, db, asked, &listed, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct fiat_payment *rows = listed.rows;
    struct payment_view *views = admin_alloc_or_reply(request, listed.count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < listed.count; i++) {
        views[i] = view_of(&rows[i]);
        views[i].currency = views[i].row.currency_id;
    }
    paging_headers(request, &asked->paging, listed.total);
    http_reply_array(request, payment_fields, views, listed.count, sizeof(*views));
}

/* ---- POST /admin/fiat_payments/:id/assign, approve, refuse, claim, settle ---- */

struct decision_form {
    struct param_i64 id;
    const char *uid, *note;
    struct param_dec collect;
};

static bool check_note(struct http_request *request, const char *note)
{
    (void)request;
    return strlen(note) <= NOTE_MAX;
}

#define AT(member) offsetof(struct decision_form, member)
/* clang-format off */
#define ID_ROW ROW_ID_IN_PATH(AT(id), "admin.fiat_payment.non_integer_id")
#define NOTE_ROW                                                                                   \
    {.name = "note", .kind = PARAM_TEXT, .offset = AT(note), .check = check_note,                  \
     .value_code = "admin.fiat_payment.too_long_note", .doc = "Why; at most 160 bytes."}
static const struct param assign_params[] = {
    ID_ROW,
    {.name = "uid", .kind = PARAM_TEXT, .offset = AT(uid), .flags = PARAM_REQUIRED,
     .doc = "UID of the member whose it is."},
    NOTE_ROW,
    PARAM_END};
#define COLLECT_ROW                                                                                    {.name = "collect", .kind = PARAM_DEC, .offset = AT(collect),                                       .type_code = "admin.fiat_payment.non_decimal_collect",                                             .doc = "What to take of the member beside what is frozen; without it nothing. The rest is written off. Who settles says the same."}
static const struct param claim_params[] = {ID_ROW, COLLECT_ROW, NOTE_ROW, PARAM_END};
static const struct param settle_params[] = {ID_ROW, COLLECT_ROW, PARAM_END};
static const struct param approve_params[] = {ID_ROW, PARAM_END};
static const struct param refuse_params[] = {ID_ROW, NOTE_ROW, PARAM_END};
/* clang-format on */
#undef AT

typedef bool decide(struct accounting *app, const struct change *change,
                    const struct fiat_decision *decision, struct fiat_payment *ret_payment,
                    struct err *err);

static void decide_or_reply(struct http_request *request, decide *action, const char *conflict)
{
    const struct decision_form *form = http_params(request);
    const struct fiat_decision decision = {
        .id = form->id.value > 0 ? (uint64_t)form->id.value : 0,
        .operator_id = request_member(request)->id,
        .uid = form->uid,
        .note = form->note && *form->note ? form->note : NULL,
        .collect = form->collect.value,
    };
    struct fiat_payment row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    if (action(request_app(request), &change, &decision, &row, &err)) {
        payment_reply(request, &row);
        return;
    }
    if (err.code == ERR_STATE_CONFLICT)
        err.key = conflict;
    if (err.code == ERR_FUNDS_INSUFFICIENT)
        err.key = "admin.fiat_payment.insufficient_balance";
    http_reply_err(request, &err);
}

static void assign(struct http_request *request)
{
    decide_or_reply(request, fiat_payment_assign, "admin.fiat_payment.cannot_assign");
}

static void approve(struct http_request *request)
{
    decide_or_reply(request, fiat_payment_approve, "admin.fiat_payment.cannot_approve");
}

static void refuse(struct http_request *request)
{
    decide_or_reply(request, fiat_payment_refuse, "admin.fiat_payment.cannot_refuse");
}

static void claim(struct http_request *request)
{
    decide_or_reply(request, fiat_payment_claim, "admin.fiat_payment.cannot_claim");
}

static void settle(struct http_request *request)
{
    decide_or_reply(request, fiat_payment_settle, "admin.fiat_payment.cannot_settle");
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.fiat_payment",               \
    .subject = "FiatPayment", .tag = "admin", .reply = payment_fields
/* clang-format off */
const struct http_route admin_fiat_payment_routes[] = {
    {.method = "GET", .path = "/api/v2/admin/fiat_payments", ROUTE, .handler = list,
     .params = list_params, .params_size = sizeof(struct list_form), .reply_is_array = true,
     .action = "read", .doc = "Payments by bank, the newest first."},
    {.method = "POST", .path = "/api/v2/admin/fiat_payments/:id/assign", ROUTE, .handler = assign,
     .params = assign_params, .params_size = sizeof(struct decision_form), .action = "update",
     .doc = "Say whose a payment is; somebody else approves it."},
    {.method = "POST", .path = "/api/v2/admin/fiat_payments/:id/approve", ROUTE,
     .handler = approve, .params = approve_params, .params_size = sizeof(struct decision_form),
     .action = "update", .doc = "Credit a payment that waits; not by who assigned it."},
    {.method = "POST", .path = "/api/v2/admin/fiat_payments/:id/refuse", ROUTE, .handler = refuse,
     .params = refuse_params, .params_size = sizeof(struct decision_form), .action = "update",
     .doc = "Give a payment up: the bank sends it back."},
    {.method = "POST", .path = "/api/v2/admin/fiat_payments/:id/claim", ROUTE, .handler = claim,
     .params = claim_params, .params_size = sizeof(struct decision_form), .action = "update",
     .doc = "Say how the claim of a payment that was credited and taken back is settled; somebody else settles it."},
    {.method = "POST", .path = "/api/v2/admin/fiat_payments/:id/settle", ROUTE, .handler = settle,
     .params = settle_params, .params_size = sizeof(struct decision_form), .action = "update",
     .doc = "Book a claim as it was said; not by who said it."},
    {.method = NULL}};
/* clang-format on */
