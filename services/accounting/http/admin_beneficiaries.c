/* /admin/beneficiaries: where members may withdraw to, for operators. */
#include "accounting/actions/beneficiary_change.h"
#include "accounting/actions/change_rules.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_outgoing.h"
#include "accounting/http/member_lookup.h"
#include "accounting/http/routes_admin.h"
#include "accounting/store/beneficiaries.h"

/* ---- GET /admin/beneficiaries ---- */

struct list_form {
    const char *uid, *blockchain_key;
    struct param_i64 id;
    struct param_list currency, state;
    struct paging paging;
    struct ordering ordering;
};

#define AT(member) offsetof(struct list_form, member)
static const struct param list_params[] = {
    {.name = "uid", .kind = PARAM_TEXT, .offset = AT(uid), .doc = "Whose."},
    {.name = "id", .kind = PARAM_I64, .offset = AT(id), .doc = "Id."},
    {.name = "currency",
     .kind = PARAM_MULTI,
     .offset = AT(currency),
     .check = check_currency,
     .value_code = "admin.currency.doesnt_exist",
     .doc = "Currency codes."},
    {.name = "blockchain_key",
     .kind = PARAM_TEXT,
     .offset = AT(blockchain_key),
     .type_code = "admin.beneficiary.invalid_blockchain_key",
     .doc = "Key of the blockchain."},
    {.name = "state",
     .kind = PARAM_MULTI,
     .offset = AT(state),
     .values = "pending active archived aml_processing aml_suspicious",
     .value_code = "admin.beneficiary.invalid_state",
     .doc = "States."},
    PAGING_ROWS("admin.pagination", struct list_form, paging),
    ORDERING_ROWS("admin.pagination", struct list_form, ordering, "desc", "id"),
    PARAM_END};
#undef AT

static bool filter_of(struct http_request *request, struct db *db,
                      struct beneficiary_filter *filter, struct err *err)
{
    const struct list_form *asked = http_params(request);
    enum beneficiary_state state;
    struct member member = {.id = 0};
    const char **currencies =
        arena_alloc(http_arena(request), (asked->currency.count + 1) * sizeof(*currencies));
    if (!currencies)
        return err_set(err, ERR_BUSY, "no memory for a filter");
    for (size_t i = 0; i < asked->currency.count; i++)
        currencies[i] = lower_text(http_arena(request), asked->currency.items[i]);
    *filter = (struct beneficiary_filter){
        .id = asked->id.given && asked->id.value > 0 ? (uint64_t)asked->id.value : 0,
        .blockchain_key = asked->blockchain_key,
        .currency_ids = currencies,
        .currency_ids_count = asked->currency.count,
    };
    for (size_t i = 0; i < asked->state.count; i++)
        if (beneficiary_state_of(asked->state.items[i], &state))
            filter->states |= 1u << state;
    if (asked->uid && *asked->uid && !member_by_uid_or_code(request, db, asked->uid, &member, err))
        return false;
    filter->member_id = member.id;
    return true;
}

static void list(struct http_request *request)
{
    const struct list_form *asked = http_params(request);
    struct beneficiary_filter filter;
    struct outgoing outgoing;
    struct listed listed;
    struct err err;
    if (!request_outgoing(request, "admin", &outgoing))
        return;
    if (!filter_of(request, outgoing.db, &filter, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct listing listing = listing_of(request, &asked->paging, &asked->ordering);
    bool ok = beneficiary_list(outgoing.db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, listed.total);
    beneficiaries_reply(request, &outgoing, admin_beneficiary_fields, &listed, false);
}

/* ---- POST /admin/beneficiaries/actions ---- */

struct action_form {
    struct param_i64 id;
    const char *action;
};

static const struct param action_params[] = {
    ROW_ID(ADMIN, offsetof(struct action_form, id), "admin.beneficiary.non_integer_id"),
    {.name = "action",
     .kind = PARAM_TEXT,
     .offset = offsetof(struct action_form, action),
     .flags = PARAM_REQUIRED,
     .values = "activate enable aml_suspicious archive",
     .value_code = "admin.beneficiary.invalid_action",
     .doc = "What to do; activate needs the member's code and is refused."},
    PARAM_END};

static const char *refusal_key(enum beneficiary_event event)
{
    static const char *const keys[BENEFICIARY_EVENTS_COUNT] = {
        [BENEFICIARY_DO_ACTIVATE] = "admin.beneficiary.cannot_activate",
        [BENEFICIARY_DO_ENABLE] = "admin.beneficiary.cannot_enable",
        [BENEFICIARY_DO_AML_SUSPICIOUS] = "admin.beneficiary.cannot_aml_suspicious",
        [BENEFICIARY_DO_ARCHIVE] = "admin.beneficiary.cannot_archive",
    };
    return keys[event];
}

static void act(struct http_request *request)
{
    const struct action_form *form = http_params(request);
    enum beneficiary_event event;
    bool is_known = beneficiary_event_of(form->action, &event);
    struct outgoing outgoing;
    struct beneficiary row;
    struct beneficiary_view view;
    struct err err;
    assert(is_known); /* the parameter table has no other words */
    if (!request_outgoing(request, request_operator(request), &outgoing))
        return;
    if (!beneficiary_act(&outgoing, form->id.value > 0 ? (uint64_t)form->id.value : 0, event, &row,
                         &err)) {
        if (err.code == ERR_STATE_CONFLICT)
            err.key = refusal_key(event);
        http_reply_err(request, &err);
        return;
    }
    accounting_outbox_wake(outgoing.app);
    if (beneficiary_view_or_reply(request, &outgoing, &row, false, &view))
        http_reply_object(request, admin_beneficiary_fields, &view);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.beneficiary",                \
    .subject = "Beneficiary", .tag = "admin", .reply = admin_beneficiary_fields
const struct http_route admin_beneficiary_routes[] = {
    {.method = "GET",
     ROUTE,
     .path = "/api/v2/admin/beneficiaries",
     .handler = list,
     .params = list_params,
     .params_size = sizeof(struct list_form),
     .reply_is_array = true,
     .action = "read",
     .doc = "Where members may withdraw to."},
    {.method = "POST",
     ROUTE,
     .path = "/api/v2/admin/beneficiaries/actions",
     .handler = act,
     .params = action_params,
     .params_size = sizeof(struct action_form),
     .action = "update",
     .doc = "Archive one, or decide about one that was looked at."},
    {.method = NULL}};
