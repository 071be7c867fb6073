/*
 * /admin/fiat_batches: withdrawals that a bank is asked to pay, many in one file (ISO 20022 pain.001). Who
 * makes a batch does not release it.
 */
#include "accounting/actions/change_rules.h"
#include "accounting/actions/fiat_batch.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_outgoing.h"
#include "accounting/http/routes_admin.h"
#include "accounting/state/config.h"
#include "accounting/store/fiat_batches.h"
#include "base/auto.h"
#include "iso20022/pain001.h"

#include <string.h>

struct batch_view {
    struct fiat_batch row;
    const char *state, *currency;
};

#define AT(member) offsetof(struct batch_view, member)
static const struct json_field batch_fields[] = {
    {"id", JSON_U64, AT(row.id), .doc = "Id of the batch."},
    {"message_id", JSON_TEXT, AT(row.message_id),
     .doc = "Its name at the bank, which takes it once."},
    {"state", JSON_TEXT, AT(state), .doc = "made, released, dropped."},
    {"currency", JSON_TEXT, AT(currency), .doc = "Currency code."},
    {"payments", JSON_U64, AT(row.payments), .doc = "How many withdrawals."},
    {"sum", JSON_DEC, AT(row.sum), .doc = "What is paid by all of them."},
    {"by_gateway", JSON_BOOL, AT(row.by_gateway),
     .doc = "The payment gateway is asked for each; else a file for the bank."},
    {"payer_iban", JSON_TEXT, AT(row.payer_iban), .doc = "The account of ours that pays."},
    {"maker", JSON_TEXT, AT(row.maker_uid), .doc = "UID of who made it; may not release it."},
    {"checker", JSON_TEXT, AT(row.checker_uid), .doc = "UID of who released or dropped it."},
    {"created_at", JSON_TIME_ISO, AT(row.created_at), .doc = "When it was made."},
    {"updated_at", JSON_TIME_ISO, AT(row.updated_at), .doc = "When it last changed."},
    {NULL}};
#undef AT

#define AT(member) offsetof(struct fiat_batch_line, member)
static const struct json_field line_fields[] = {
    {"tid", JSON_TEXT, AT(tid), .doc = "Name of the withdrawal: the end-to-end id of its payment."},
    {"uid", JSON_TEXT, AT(uid), .doc = "UID of the member."},
    {"withdraw_state", JSON_TEXT, AT(withdraw_state), .doc = "Where the withdrawal stands."},
    {"amount", JSON_DEC, AT(amount), .doc = "What is paid."},
    {"name", JSON_TEXT, AT(name), .doc = "Name of the receiver."},
    {"iban", JSON_TEXT, AT(iban), .doc = "Account of the receiver."},
    {"order_state", JSON_TEXT, AT(order_state),
     .doc = "At the payment gateway: new, asked (it may be paid), taken, ended."},
    {"attempts", JSON_U64, AT(attempts), .doc = "How often the gateway was asked in this state."},
    {"error", JSON_TEXT, AT(error), .doc = "What went wrong there last."},
    {"bank_status", JSON_TEXT, AT(bank_status),
     .doc = "What the bank's pain.002 said of it: ACCP, ACSP, ACSC, PDNG, RJCT, ..."},
    {"bank_reason", JSON_TEXT, AT(bank_reason), .doc = "Why, in the bank's words."},
    {NULL}};
#undef AT

#define AT(member) offsetof(struct fiat_batch_item, member)
static const struct json_field silent_fields[] = {
    {"batch_id", JSON_U64, AT(batch_id), .doc = "Id of its batch."},
    {"released_at", JSON_TIME_ISO, AT(released_at), .doc = "When that was released."},
    {"withdraw_id", JSON_U64, AT(withdraw_id), .doc = "Id of the withdrawal."},
    {"tid", JSON_TEXT, AT(tid), .doc = "Its name, also at the gateway."},
    {"uid", JSON_TEXT, AT(uid), .doc = "UID of the member."},
    {"currency", JSON_TEXT, AT(currency_id), .doc = "Currency code."},
    {"amount", JSON_DEC, AT(amount), .doc = "What is paid."},
    {"order_state", JSON_TEXT, AT(order_state),
     .doc = "At the payment gateway: new, asked (it may be paid), taken."},
    {"attempts", JSON_U64, AT(attempts), .doc = "How often the gateway was asked in this state."},
    {"error", JSON_TEXT, AT(error), .doc = "What went wrong there last."},
    {NULL}};
#undef AT

struct batch_form {
    struct param_i64 id;
    const char *currency, *state, *by;
    struct param_list tids;
    struct param_i64 payments; /* release: what is left */
    struct param_dec sum;
    struct paging paging;
};

#define AT(member) offsetof(struct batch_form, member)
/* clang-format off */
static const struct param list_params[] = {
    {.name = "state", .kind = PARAM_TEXT, .offset = AT(state), .values = fiat_batch_state_words,
     .value_code = "admin.fiat_batch.invalid_state", .doc = "State."},
    ROW_TEXT(ADMIN, "currency", AT(currency), "Currency code."),
    PAGING_ROWS("admin.pagination", struct batch_form, paging),
    PARAM_END};
static const struct param silent_params[] = {
    PAGING_ROWS("admin.pagination", struct batch_form, paging), PARAM_END};
static const struct param create_params[] = {
    {.name = "currency", .kind = PARAM_TEXT, .offset = AT(currency), .flags = PARAM_REQUIRED,
     .check = check_currency, .value_code = "admin.currency.doesnt_exist",
     .doc = "Code of a fiat currency."},
    {.name = "by", .kind = PARAM_TEXT, .offset = AT(by), .values = "file gateway",
     .fallback = "file", .value_code = "admin.fiat_batch.invalid_by",
     .doc = "file: pain.001 for the bank; gateway: the payment gateway is asked for each."},
    {.name = "tids", .kind = PARAM_MULTI, .offset = AT(tids),
     .doc = "Exactly these withdrawals; without it all that may be paid, at most 500."},
    PARAM_END};
static const struct param path_params[] = {
    ROW_ID_IN_PATH(AT(id), "admin.fiat_batch.non_integer_id"), PARAM_END};
static const struct param release_params[] = {
    ROW_ID_IN_PATH(AT(id), "admin.fiat_batch.non_integer_id"),
    {.name = "payments", .kind = PARAM_I64, .offset = AT(payments),
     .type_code = "admin.fiat_batch.non_integer_payments",
     .doc = "With sum: how many are processing still; the others are left out."},
    {.name = "sum", .kind = PARAM_DEC, .offset = AT(sum),
     .type_code = "admin.fiat_batch.non_decimal_sum",
     .doc = "With payments: what those make."},
    PARAM_END};
/* clang-format on */
#undef AT

static struct batch_view view_of(const struct fiat_batch *row)
{
    return (struct batch_view){.row = *row, .state = fiat_batch_state_word(row->state)};
}

static void batch_reply(struct http_request *request, const struct fiat_batch *row)
{
    struct batch_view view = view_of(row);
    view.currency = view.row.currency_id;
    http_reply_object(request, batch_fields, &view);
}

static uint64_t id_of(const struct batch_form *form)
{
    return form->id.value > 0 ? (uint64_t)form->id.value : 0;
}

static void list(struct http_request *request)
{
    const struct batch_form *form = http_params(request);
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    struct listing listing = listing_of(request, &form->paging,
                                        &(struct ordering){.ordering = "desc", .order_by = "id"});
    bool ok = fiat_batch_list(db, form->state, lower_text(http_arena(request), form->currency),
                              &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    const struct fiat_batch *rows = listed.rows;
    struct batch_view *views = admin_alloc_or_reply(request, listed.count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < listed.count; i++) {
        views[i] = view_of(&rows[i]);
        views[i].currency = views[i].row.currency_id;
    }
    paging_headers(request, &form->paging, listed.total);
    http_reply_array(request, batch_fields, views, listed.count, sizeof(*views));
}

static void create(struct http_request *request)
{
    const struct batch_form *form = http_params(request);
    struct outgoing outgoing;
    struct fiat_batch batch;
    struct err err;
    if (!request_outgoing(request, request_operator(request), &outgoing))
        return;
    const struct fiat_batch_asked asked = {.currency_id =
                                               lower_text(http_arena(request), form->currency),
                                           .tids = form->tids.items,
                                           .tids_count = form->tids.count,
                                           .operator_id = request_member(request)->id,
                                           .by_gateway = strcmp(form->by, "gateway") == 0};
    if (fiat_batch_create(&outgoing, &asked, &batch, &err))
        batch_reply(request, &batch);
    else
        http_reply_err(request, &err);
}

static void decision_reply(struct http_request *request, bool ok, const struct fiat_batch *batch,
                           const char *conflict, struct err *err)
{
    if (ok) {
        batch_reply(request, batch);
        return;
    }
    if (err->code == ERR_STATE_CONFLICT)
        err->key = conflict;
    http_reply_err(request, err);
}

static void release(struct http_request *request)
{
    const struct batch_form *form = http_params(request);
    const struct fiat_batch_seen seen = {
        .payments = form->payments.value > 0 ? (uint64_t)form->payments.value : 0,
        .sum = form->sum.value};
    struct outgoing outgoing;
    struct fiat_batch batch;
    struct err err;
    if (form->payments.given != form->sum.given) {
        reply_code(request, "admin.fiat_batch.payments_and_sum");
        return;
    }
    if (!request_outgoing(request, request_operator(request), &outgoing))
        return;
    bool ok = fiat_batch_release(&outgoing, id_of(form), request_member(request)->id,
                                 form->payments.given ? &seen : NULL, &batch, &err);
    decision_reply(request, ok, &batch, "admin.fiat_batch.cannot_release", &err);
}

static void drop(struct http_request *request)
{
    struct outgoing outgoing;
    struct fiat_batch batch;
    struct err err;
    if (!request_outgoing(request, request_operator(request), &outgoing))
        return;
    bool ok = fiat_batch_drop(&outgoing, id_of(http_params(request)), request_member(request)->id,
                              &batch, &err);
    decision_reply(request, ok, &batch, "admin.fiat_batch.cannot_drop", &err);
}

static void payments(struct http_request *request)
{
    struct outgoing outgoing;
    struct listed lines;
    struct err err;
    if (!request_outgoing(request, "admin", &outgoing))
        return;
    if (fiat_batch_lines(&outgoing, id_of(http_params(request)), &lines, &err))
        http_reply_array(request, line_fields, lines.rows, lines.count,
                         sizeof(struct fiat_batch_line));
    else
        http_reply_err(request, &err);
}

static void silent(struct http_request *request)
{
    const struct batch_form *form = http_params(request);
    const struct accounting *app = request_app(request);
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    int64_t before_us = clock_now_us(app->clock) - (int64_t)app->config->payment_silent_s * 1000000;
    struct listing listing =
        listing_of(request, &form->paging, &(struct ordering){.ordering = "asc"});
    bool ok = fiat_batch_items_silent(db, before_us, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &form->paging, listed.total);
    http_reply_array(request, silent_fields, listed.rows, listed.count,
                     sizeof(struct fiat_batch_item));
}

static void file(struct http_request *request)
{
    AUTO(str_release) struct str text = STR_INIT(PAIN001_BYTES_MAX);
    struct outgoing outgoing;
    struct err err;
    if (!request_outgoing(request, "admin", &outgoing))
        return;
    if (!fiat_batch_write(&outgoing, id_of(http_params(request)), &text, &err)) {
        http_reply_err(request, &err);
        return;
    }
    http_reply_header(request, "Content-Type", "application/xml");
    http_reply_text(request, 200, str_data(&text), text.length);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.fiat_batch",                 \
    .subject = "FiatBatch", .tag = "admin", .params_size = sizeof(struct batch_form)
/* clang-format off */
const struct http_route admin_fiat_batch_routes[] = {
    {.method = "GET", .path = "/api/v2/admin/fiat_batches", ROUTE, .handler = list,
     .params = list_params, .reply = batch_fields, .reply_is_array = true, .action = "read",
     .doc = "Batches of withdrawals by bank, the newest first."},
    {.method = "POST", .path = "/api/v2/admin/fiat_batches", ROUTE, .handler = create,
     .params = create_params, .reply = batch_fields, .action = "create",
     .doc = "Put the withdrawals that may be paid into a batch; they are processing then."},
    {.method = "GET", .path = "/api/v2/admin/fiat_batches/silent", ROUTE, .handler = silent,
     .params = silent_params, .reply = silent_fields, .reply_is_array = true, .action = "read",
     .doc = "Payments that the payment gateway was asked for longer than PAYMENT_SILENT_TIME ago, and of which nobody has said how they ended; the oldest first."},
    {.method = "GET", .path = "/api/v2/admin/fiat_batches/:id/payments", ROUTE,
     .handler = payments, .params = path_params, .reply = line_fields, .reply_is_array = true,
     .action = "read", .doc = "What a batch pays to whom."},
    {.method = "POST", .path = "/api/v2/admin/fiat_batches/:id/release", ROUTE, .handler = release,
     .params = release_params, .reply = batch_fields, .action = "update",
     .doc = "Let the bank pay a batch, by somebody else than made it; its withdrawals are confirming then. With payments and sum, without those that were canceled meanwhile."},
    {.method = "POST", .path = "/api/v2/admin/fiat_batches/:id/drop", ROUTE, .handler = drop,
     .params = path_params, .reply = batch_fields, .action = "update",
     .doc = "Give a batch up that is not released; its withdrawals wait for another one."},
    {.method = "GET", .path = "/api/v2/admin/fiat_batches/:id/pain001", ROUTE, .handler = file,
     .params = path_params, .action = "read",
     .doc = "The file of a released batch for the bank: ISO 20022 pain.001.001.03."},
    {.method = NULL}};
/* clang-format on */
