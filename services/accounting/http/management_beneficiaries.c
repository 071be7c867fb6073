/* /management/beneficiaries: where members may withdraw to, kept by other servers. */
#include "accounting/actions/beneficiary_change.h"
#include "accounting/actions/change_rules.h"
#include "accounting/http/entities_outgoing.h"
#include "accounting/http/management_support.h"
#include "accounting/http/money_params.h"
#include "accounting/store/beneficiaries.h"

#include <string.h>

/* ---- POST /beneficiaries/list ---- */

struct list_form {
    const char *uid, *currency, *blockchain_key, *state;
    struct paging paging;
};

#define CHAIN_ROW(at_)                                                                             \
    {                                                                                              \
        .name = "blockchain_key", .kind = PARAM_TEXT, .offset = at_,                               \
        .check = check_blockchain_key, .type_code = "blockchain_key is invalid",                   \
        .value_code = "blockchain_key management.beneficiary.blockchain_key_doesnt_exist",         \
        .doc = "Key of the blockchain."                                                            \
    }
#define STATE_ROW(at_)                                                                             \
    {                                                                                              \
        .name = "state", .kind = PARAM_TEXT, .offset = at_, .values = "pending active",            \
        .type_code = "state is invalid",                                                           \
        .value_code = "state management.beneficiary.invalid_state", .doc = "pending or active."    \
    }

#define AT(member) offsetof(struct list_form, member)
static const struct param list_params[] = {
    ROW_TEXT_REQUIRED(MANAGEMENT, "uid", AT(uid), "Whose."),
    MANAGEMENT_CURRENCY_ROW(AT(currency), 0),
    CHAIN_ROW(AT(blockchain_key)),
    STATE_ROW(AT(state)),
    MANAGEMENT_PAGING_ROWS(struct list_form, paging, 1000, "10"),
    PARAM_END};
#undef AT

static void list(struct http_request *request)
{
    const struct list_form *asked = http_params(request);
    struct beneficiary_filter filter = {
        .blockchain_key = asked->blockchain_key,
        .states = !asked->state            ? 1u << BENEFICIARY_PENDING | 1u << BENEFICIARY_ACTIVE
                  : asked->state[0] == 'a' ? 1u << BENEFICIARY_ACTIVE
                                           : 1u << BENEFICIARY_PENDING,
    };
    struct outgoing outgoing;
    struct member member;
    struct listed listed;
    struct err err;
    if (!request_outgoing(request, "management", &outgoing))
        return;
    const char *currency = lower_text(outgoing.arena, asked->currency);
    filter.currency_ids = &currency;
    filter.currency_ids_count = currency ? 1 : 0;
    if (!management_member(request, outgoing.db, asked->uid, &member, &err)) {
        http_reply_err(request, &err);
        return;
    }
    filter.member_id = member.id;
    struct listing listing = listing_of(request, &asked->paging,
                                        &(struct ordering){.ordering = "asc", .order_by = "id"});
    bool ok = beneficiary_list(outgoing.db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, listed.total);
    beneficiaries_reply(request, &outgoing, beneficiary_fields, &listed, false);
}

/* ---- POST /beneficiaries ---- */

struct create_form {
    const char *uid, *currency, *blockchain_key, *name, *description, *data, *state;
};

#define AT(member) offsetof(struct create_form, member)
static const struct param create_params[] = {
    ROW_TEXT_REQUIRED(MANAGEMENT, "uid", AT(uid), "Whose."),
    MANAGEMENT_CURRENCY_ROW(AT(currency), PARAM_REQUIRED),
    CHAIN_ROW(AT(blockchain_key)),
    BENEFICIARY_TEXT_ROWS(MANAGEMENT, "Coins: {address}. Fiat: {full_name, account_number, ...}."),
    STATE_ROW(AT(state)),
    PARAM_END};
#undef AT

static void create(struct http_request *request)
{
    const struct create_form *form = http_params(request);
    struct outgoing outgoing;
    struct member member;
    struct beneficiary row;
    struct beneficiary_view view;
    struct err err;
    if (!request_outgoing(request, "management", &outgoing))
        return;
    if (!management_member(request, outgoing.db, form->uid, &member, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct beneficiary_draft draft = {
        .member = &member,
        .currency_id = lower_text(outgoing.arena, form->currency),
        .blockchain_key = form->blockchain_key,
        .name = form->name,
        .description = form->description,
        .data = form->data,
        .is_active = form->state && form->state[0] == 'a',
        .is_management = true,
    };
    if (catalog_currency(outgoing.catalog, draft.currency_id)->is_coin &&
        !(form->blockchain_key && *form->blockchain_key)) {
        management_reply_param(request, "blockchain_key is missing");
        return;
    }
    if (!beneficiary_create(&outgoing, &draft, &row, NULL, &err)) {
        http_reply_err(request, &err);
        return;
    }
    accounting_outbox_wake(outgoing.app);
    if (beneficiary_view_or_reply(request, &outgoing, &row, false, &view))
        http_reply_object(request, beneficiary_fields, &view);
}

#define ROUTE                                                                                      \
    .method = "POST", .mode = HTTP_WORKER, .access = ACCESS_MANAGEMENT,                            \
    .class_name = "management.beneficiary", .tag = "management", .reply = beneficiary_fields
const struct http_route management_beneficiary_routes[] = {
    {ROUTE, .path = "/api/v2/management/beneficiaries/list", .handler = list, .params = list_params,
     .params_size = sizeof(struct list_form), .reply_is_array = true, .status = 200,
     .subject = "read_beneficiaries", .doc = "Where a member may withdraw to."},
    {ROUTE, .path = "/api/v2/management/beneficiaries", .handler = create, .params = create_params,
     .params_size = sizeof(struct create_form), .subject = "write_beneficiaries",
     .doc = "Add one for a member."},
    {.method = NULL}};
