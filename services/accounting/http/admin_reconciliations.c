/* /admin/reconciliations: the coins on the chains against the books: how each currency stands, the checks with
 * their lines, and what operators take on. An extension. */
#include "accounting/actions/reconcile.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "accounting/http/routes_admin.h"

/* ---- how they look ---- */

#define AT(member) offsetof(struct reconcile_row, member)
static const struct json_field state_fields[] = {
    {"blockchain_key", JSON_TEXT, AT(blockchain_key), .doc = "Chain."},
    {"currency", JSON_TEXT, AT(currency_id), .doc = "Currency code."},
    {"state", JSON_TEXT, AT(state),
     .doc = "balanced; differs: the check of another block decides; stopped: no withdrawal of the "
            "currency goes to the gateway."},
    {"height", JSON_I64, AT(height), .doc = "Block of the last verdict; 0: none yet."},
    {"run_id", JSON_U64, AT(run_id), JSON_NULL_IF_ZERO, .doc = "That check."},
    {"difference", JSON_TEXT, AT(difference),
     .doc = "What is on the chain and not explained; below zero: what is missing."},
    {"acknowledged", JSON_TEXT, AT(acknowledged), .doc = "Of it, what operators have taken on."},
    {"tolerance", JSON_TEXT, AT(tolerance), .doc = "So much is no difference."},
    {"no_verdict", JSON_TEXT, AT(no_verdict),
     .doc = "Why the last check came to no verdict; null: it did."},
    {"checked_at", JSON_TIME_ISO, AT(checked_at), .doc = "Last verdict."},
    {"changed_at", JSON_TIME_ISO, AT(changed_at), .doc = "Since when it is in this state."},
    {NULL}};
#undef AT

#define AT(member) offsetof(struct reconcile_line_row, member)
static const struct json_field line_fields[] = {
    {"currency", JSON_TEXT, AT(currency_id), .doc = "Currency code."},
    {"name", JSON_TEXT, AT(name),
     .doc = "counted (by a node), recorded (by the gateway), in_books, what explains, difference."},
    {"amount", JSON_TEXT, AT(amount), .doc = "With its sign."},
    {NULL}};
#undef AT

struct run_view {
    struct reconcile_run row;
    const struct reconcile_line_row *lines;
    size_t lines_count;
};
#define AT(member) offsetof(struct run_view, member)
#define RUN_FIELDS                                                                                 \
    {"id", JSON_U64, AT(row.id), .doc = "Number of the check."},                                   \
        {"blockchain_key", JSON_TEXT, AT(row.blockchain_key), .doc = "Chain."},                    \
        {"height", JSON_I64, AT(row.height), .doc = "After this block."},                          \
        {"hash", JSON_TEXT, AT(row.hash), .doc = "Its hash."},                                     \
        {"seq", JSON_U64, AT(row.seq), .doc = "Event up to which both sides were read."},          \
        {"parked", JSON_U64, AT(row.parked), .doc = "Parts of blocks not understood yet."},        \
        {"started_at", JSON_TIME_ISO, AT(row.started_at), .doc = "When it began."},                \
    {                                                                                              \
        "created_at", JSON_TIME_ISO, AT(row.created_at), .doc = "When it was done."                \
    }
static const struct json_field run_fields[] = {RUN_FIELDS, {NULL}};
static const struct json_field run_whole_fields[] = {
    RUN_FIELDS,
    {"lines", JSON_ARRAY, AT(lines), .sub = line_fields,
     .sub_size = sizeof(struct reconcile_line_row), .count_offset = AT(lines_count),
     .doc = "By currency."},
    {NULL}};
#undef AT

#define AT(member) offsetof(struct reconcile_acknowledgement, member)
static const struct json_field acknowledgement_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Number."},
    {"blockchain_key", JSON_TEXT, AT(blockchain_key), .doc = "Chain."},
    {"currency", JSON_TEXT, AT(currency_id), .doc = "Currency code."},
    {"action", JSON_TEXT, AT(action), .doc = "acknowledge, tolerance."},
    {"amount", JSON_TEXT, AT(amount), .doc = "The difference, or the tolerance."},
    {"uid", JSON_TEXT, AT(uid), .doc = "The operator."},
    {"comment", JSON_TEXT, AT(comment), .doc = "Why."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When."},
    {NULL}};
#undef AT

/* ---- lists ---- */

struct list_form {
    const char *blockchain_key, *currency;
    struct paging paging;
    struct ordering ordering;
};
#define AT(member) offsetof(struct list_form, member)
static const struct param state_params[] = {
    ROW_CHECKED(ADMIN, "currency", "currency", AT(currency), check_currency_lower, "doesnt_exist",
                "Currency code."),
    PAGING_ROWS("admin.pagination", struct list_form, paging),
    ORDERING_ROWS("admin.pagination", struct list_form, ordering, "asc", "blockchain_key"),
    PARAM_END};
static const struct param run_params[] = {
    ROW_CHECKED(ADMIN, "currency", "blockchain_key", AT(blockchain_key), check_blockchain_key,
                "blockchain_key_doesnt_exist", "Key of the chain."),
    PAGING_ROWS("admin.pagination", struct list_form, paging),
    ORDERING_ROWS("admin.pagination", struct list_form, ordering, "desc", "id"), PARAM_END};
static const struct param acknowledgement_params[] = {
    PAGING_ROWS("admin.pagination", struct list_form, paging),
    ORDERING_ROWS("admin.pagination", struct list_form, ordering, "desc", "id"), PARAM_END};
#undef AT

typedef bool list_rows(struct db *db, const struct list_form *form, struct listing *listing,
                       struct listed *ret_listed, struct err *err);

static bool states_of(struct db *db, const struct list_form *form, struct listing *listing,
                      struct listed *ret_listed, struct err *err)
{
    return reconcile_row_list(db, form->currency, listing, ret_listed, err);
}

static bool runs_of(struct db *db, const struct list_form *form, struct listing *listing,
                    struct listed *ret_listed, struct err *err)
{
    return reconcile_run_list(db, form->blockchain_key, listing, ret_listed, err);
}

static bool acknowledgements_of(struct db *db, const struct list_form *form,
                                struct listing *listing, struct listed *ret_listed, struct err *err)
{
    (void)form;
    return reconcile_acknowledgement_list(db, listing, ret_listed, err);
}

static void list(struct http_request *request, list_rows *rows_of, const struct json_field *fields,
                 size_t row_size)
{
    const struct list_form *form = http_params(request);
    struct db *db = request_db(request);
    struct listed listed;
    struct err err;
    if (!db)
        return;
    struct listing listing = listing_of(request, &form->paging, &form->ordering);
    bool ok = rows_of(db, form, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &form->paging, listed.total);
    http_reply_array(request, fields, listed.rows, listed.count, row_size);
}

static void states(struct http_request *request)
{
    list(request, states_of, state_fields, sizeof(struct reconcile_row));
}

static void runs(struct http_request *request)
{
    _Static_assert(offsetof(struct run_view, row) == 0, "a run is a view without lines");
    list(request, runs_of, run_fields, sizeof(struct reconcile_run));
}

static void acknowledgements(struct http_request *request)
{
    list(request, acknowledgements_of, acknowledgement_fields,
         sizeof(struct reconcile_acknowledgement));
}

/* ---- one check ---- */

struct run_form {
    struct param_i64 id;
};
static const struct param one_params[] = {
    ROW_ID_IN_PATH(offsetof(struct run_form, id), "admin.reconciliation.non_integer_id"),
    PARAM_END};

static void run(struct http_request *request)
{
    const struct run_form *form = http_params(request);
    struct db *db = request_db(request);
    struct run_view view;
    struct listed lines;
    struct err err;
    if (!db)
        return;
    uint64_t id = form->id.value > 0 ? (uint64_t)form->id.value : 0;
    if (!reconcile_run_find(db, http_arena(request), id, &view.row, &err) ||
        !reconcile_lines_of(db, http_arena(request), id, &lines, &err)) {
        http_reply_err(request, &err);
        return;
    }
    view.lines = lines.rows;
    view.lines_count = lines.count;
    http_reply_object(request, run_whole_fields, &view);
}

/* ---- decisions ---- */

struct decide_form {
    const char *blockchain_key, *currency, *amount, *comment;
};
#define AT(member) offsetof(struct decide_form, member)
#define DECIDE_ROWS(name_, sentence)                                                               \
    ROW_CHECKED_REQUIRED(ADMIN, "currency", "blockchain_key", AT(blockchain_key),                  \
                         check_blockchain_key, "blockchain_key_doesnt_exist",                      \
                         "Key of the chain."),                                                     \
        ROW_CHECKED_REQUIRED(ADMIN, "currency", "currency", AT(currency), check_currency_lower,    \
                             "doesnt_exist", "Currency code."),                                    \
        {.name = (name_),                                                                          \
         .kind = PARAM_TEXT,                                                                       \
         .offset = AT(amount),                                                                     \
         .flags = PARAM_REQUIRED | PARAM_RANGE,                                                    \
         .max = COINS_TEXT_SIZE - 1,                                                               \
         .length_code = "admin.reconciliation.too_long_" name_,                                    \
         .doc = (sentence)},                                                                       \
    {                                                                                              \
        .name = "comment", .kind = PARAM_TEXT, .offset = AT(comment),                              \
        .flags = PARAM_REQUIRED | PARAM_NOT_BLANK | PARAM_RANGE, .max = 255,                       \
        .length_code = "admin.reconciliation.too_long_comment", .doc = "Why."                      \
    }
static const struct param acknowledge_params[] = {
    DECIDE_ROWS("difference", "The difference that is taken on, as the state shows it."),
    PARAM_END};
static const struct param tolerate_params[] = {
    DECIDE_ROWS("tolerance", "So much is no difference; 0: every unit is one."), PARAM_END};
#undef AT

typedef bool decide_action(struct accounting *app, const struct change *change,
                           const struct reconcile_decision *decision, struct reconcile_row *ret_row,
                           struct err *err);

static void decide(struct http_request *request, decide_action *action)
{
    const struct decide_form *form = http_params(request);
    const struct reconcile_decision decision = {.blockchain_key = form->blockchain_key,
                                                .currency_id = form->currency,
                                                .amount = form->amount,
                                                .comment = form->comment,
                                                .member_id = request_member(request)->id};
    struct reconcile_row row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    if (action(request_app(request), &change, &decision, &row, &err)) {
        http_reply_object(request, state_fields, &row);
        return;
    }
    if (err.code == ERR_STATE_CONFLICT)
        err.key = "admin.reconciliation.other_difference";
    http_reply_err(request, &err);
}

static void acknowledge(struct http_request *request)
{
    decide(request, reconcile_acknowledge);
}

static void tolerate(struct http_request *request)
{
    decide(request, reconcile_tolerate);
}

#define ROUTE(verb, rest, may)                                                                     \
    .method = (verb), .path = "/api/v2/admin/reconciliations" rest, .mode = HTTP_WORKER,           \
    .access = ACCESS_ADMIN, .class_name = "admin.reconciliation", .subject = "Reconciliation",     \
    .action = (may), .tag = "admin"

const struct http_route admin_reconciliation_routes[] = {
    {ROUTE("GET", "", "read"), .handler = states, .params = state_params,
     .params_size = sizeof(struct list_form), .reply = state_fields, .reply_is_array = true,
     .doc = "How the coins on the chains stand against the books, by chain and currency."},
    {ROUTE("GET", "/runs", "read"), .handler = runs, .params = run_params,
     .params_size = sizeof(struct list_form), .reply = run_fields, .reply_is_array = true,
     .doc = "The last checks that came to a verdict."},
    {ROUTE("GET", "/runs/:id", "read"), .handler = run, .params = one_params,
     .params_size = sizeof(struct run_form), .reply = run_whole_fields,
     .doc = "One of them, line by line."},
    {ROUTE("GET", "/acknowledgements", "read"), .handler = acknowledgements,
     .params = acknowledgement_params, .params_size = sizeof(struct list_form),
     .reply = acknowledgement_fields, .reply_is_array = true,
     .doc = "What operators decided, and why."},
    {ROUTE("POST", "/acknowledge", "update"), .handler = acknowledge, .params = acknowledge_params,
     .params_size = sizeof(struct decide_form), .reply = state_fields, .status = 200,
     .doc =
         "Take a difference on, so that withdrawals go on; RECONCILE_APPROVALS operators have to."},
    {ROUTE("POST", "/tolerance", "update"), .handler = tolerate, .params = tolerate_params,
     .params_size = sizeof(struct decide_form), .reply = state_fields, .status = 200,
     .doc = "Say how much of a difference is none, for a currency that was checked."},
    {.method = NULL}};
