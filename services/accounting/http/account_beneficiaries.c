/* /account/beneficiaries: where I may withdraw to. A code that comes by mail makes one active. */
#include "accounting/actions/beneficiary_change.h"
#include "accounting/actions/change_rules.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_outgoing.h"
#include "accounting/http/money_params.h"
#include "accounting/http/routes_member.h"
#include "accounting/store/beneficiaries.h"

#include <string.h>

#define LIVE_STATES (1u << BENEFICIARY_PENDING | 1u << BENEFICIARY_ACTIVE)

static void reply_one(struct http_request *request, const struct outgoing *outgoing,
                      struct beneficiary *row)
{
    struct beneficiary_view view;
    if (beneficiary_view_or_reply(request, outgoing, row, true, &view))
        http_reply_object(request, beneficiary_fields, &view);
}

/* ---- GET ---- */

struct list_form {
    const char *currency, *blockchain_key, *state;
    struct paging paging;
};

#define AT(member) offsetof(struct list_form, member)
static const struct param list_params[] = {
    PAGING_ROWS("pagination", struct list_form, paging),
    ACCOUNT_CURRENCY_ROW(AT(currency), 0, check_visible_currency),
    ACCOUNT_CHAIN_ROW("beneficiary", AT(blockchain_key), 0, "Key of the blockchain."),
    {.name = "state",
     .kind = PARAM_TEXT,
     .offset = AT(state),
     .values = "pending active",
     .value_code = "account.beneficiary.invalid_state",
     .doc = "State."},
    PARAM_END};
#undef AT

static void list(struct http_request *request)
{
    const struct list_form *asked = http_params(request);
    const char *currency = lower_text(http_arena(request), asked->currency);
    struct beneficiary_filter filter = {
        .member_id = request_member(request)->id,
        .blockchain_key = asked->blockchain_key,
        .currency_ids = &currency,
        .currency_ids_count = currency ? 1 : 0,
        .states = !asked->state            ? LIVE_STATES
                  : asked->state[0] == 'a' ? 1u << BENEFICIARY_ACTIVE
                                           : 1u << BENEFICIARY_PENDING,
    };
    struct outgoing outgoing;
    struct listed listed;
    struct err err;
    if (!request_outgoing(request, "member", &outgoing))
        return;
    struct listing listing = listing_of(request, &asked->paging,
                                        &(struct ordering){.ordering = "asc", .order_by = "id"});
    bool ok = beneficiary_list(outgoing.db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, listed.total);
    beneficiaries_reply(request, &outgoing, beneficiary_fields, &listed, true);
}

/* ---- one of mine ---- */

struct path_form {
    struct param_i64 id, pin;
};

#define ID_ROW ROW_ID_IN_PATH(offsetof(struct path_form, id), "account.beneficiary.non_integer_id")

static const struct param path_params[] = {ID_ROW, PARAM_END};

static const struct param activate_params[] = {ID_ROW,
                                               {.name = "pin",
                                                .kind = PARAM_I64,
                                                .offset = offsetof(struct path_form, pin),
                                                .flags = PARAM_REQUIRED,
                                                .type_code = "account.beneficiary.non_integer_pin",
                                                .doc = "The code of the mail."},
                                               PARAM_END};

/* What is no id is nobody's. */
static uint64_t id_of(const struct path_form *form)
{
    return form->id.value > 0 ? (uint64_t)form->id.value : 0;
}

static void show(struct http_request *request)
{
    struct outgoing outgoing;
    struct beneficiary row;
    struct err err;
    if (!request_outgoing(request, "member", &outgoing))
        return;
    if (!beneficiary_find(outgoing.db, outgoing.arena, id_of(http_params(request)),
                          request_member(request)->id, &row, &err) ||
        (row.state == BENEFICIARY_ARCHIVED &&
         !err_set(&err, ERR_NOT_FOUND, "the beneficiary is archived"))) {
        http_reply_err(request, &err);
        return;
    }
    reply_one(request, &outgoing, &row);
}

struct too_soon {
    const char *code;
    int64_t sent_at;
};
static const struct json_field too_soon_fields[] = {
    {"errors", JSON_RAW, offsetof(struct too_soon, code), .doc = "The code."},
    {"sent_at", JSON_TIME_ISO, offsetof(struct too_soon, sent_at), .doc = "Of the last mail."},
    {NULL},
};

static void reply_too_soon(struct http_request *request, int64_t sent_at)
{
    const struct too_soon view = {.code = "[\"account.beneficiary.cant_resend_within_1_minute\"]",
                                  .sent_at = sent_at};
    struct str *out = http_reply_builder(request);
    json_write_object(out, too_soon_fields, &view);
    http_reply_built(request, err_status(ERR_INVALID));
}

static void resend(struct http_request *request)
{
    struct outgoing outgoing;
    struct err err;
    int64_t sent_at = 0;
    if (!request_outgoing(request, "member", &outgoing))
        return;
    if (beneficiary_resend(&outgoing, id_of(http_params(request)), request_member(request)->id,
                           &sent_at, &err)) {
        accounting_outbox_wake(outgoing.app);
        http_reply_empty(request, 204);
    } else if (sent_at != 0) {
        reply_too_soon(request, sent_at);
    } else {
        http_reply_err(request, &err);
    }
}

static void activate(struct http_request *request)
{
    const struct path_form *form = http_params(request);
    struct outgoing outgoing;
    struct beneficiary row;
    struct err err;
    if (!request_outgoing(request, "member", &outgoing))
        return;
    if (!beneficiary_activate(&outgoing, id_of(form), request_member(request)->id, form->pin.value,
                              &row, &err)) {
        http_reply_err(request, &err);
        return;
    }
    accounting_outbox_wake(outgoing.app);
    reply_one(request, &outgoing, &row);
}

static void archive(struct http_request *request)
{
    struct outgoing outgoing;
    struct err err;
    if (!request_outgoing(request, "member", &outgoing))
        return;
    if (beneficiary_archive(&outgoing, id_of(http_params(request)), request_member(request)->id,
                            &err)) {
        accounting_outbox_wake(outgoing.app);
        http_reply_empty(request, 204);
        return;
    }
    if (err.code == ERR_STATE_CONFLICT)
        err.key = "account.beneficiary.cant_delete";
    http_reply_err(request, &err);
}

/* ---- POST ---- */

struct create_form {
    const char *currency, *blockchain_key, *name, *description, *data;
};

static bool is_given(const char *text)
{
    return text && *text;
}

#define AT(member) offsetof(struct create_form, member)
static const struct param create_params[] = {
    ACCOUNT_CURRENCY_ROW(AT(currency), PARAM_REQUIRED, check_visible_currency),
    ACCOUNT_CHAIN_ROW("beneficiary", AT(blockchain_key), PARAM_NOT_BLANK,
                      "Key of the blockchain: for coins."),
    BENEFICIARY_TEXT_ROWS(ACCOUNT,
                          "Coins: {address}. Fiat: {full_name, account_number, bank_name, ...}."),
    PARAM_END};
#undef AT

static void reply_refused(struct http_request *request, const struct err *err, const char *reason)
{
    if (!reason) {
        http_reply_err(request, err);
        return;
    }
    struct str *out = http_reply_builder(request);
    str_add(out, "{\"errors\":[");
    json_write_string(out, err_key(err));
    str_add(out, "],\"reason\":");
    json_write_string(out, reason);
    str_add_char(out, '}');
    http_reply_built(request, err_status(err->code));
}

static void create(struct http_request *request)
{
    const struct create_form *form = http_params(request);
    const char *reason = NULL;
    struct outgoing outgoing;
    struct beneficiary row;
    struct err err;
    if (!request_outgoing(request, "member", &outgoing))
        return;
    const struct beneficiary_draft draft = {
        .member = request_member(request),
        .currency_id = lower_text(outgoing.arena, form->currency),
        .blockchain_key = form->blockchain_key,
        .name = form->name,
        .description = form->description,
        .data = form->data,
    };
    if (catalog_currency(outgoing.catalog, draft.currency_id)->is_coin &&
        !is_given(form->blockchain_key)) {
        reply_code(request, "account.beneficiary.missing_blockchain_key");
        return;
    }
    if (!beneficiary_create(&outgoing, &draft, &row, &reason, &err)) {
        reply_refused(request, &err, reason);
        return;
    }
    accounting_outbox_wake(outgoing.app);
    reply_one(request, &outgoing, &row);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_WITHDRAW, .class_name = "account.beneficiary",           \
    .subject = "Beneficiary", .tag = "account"
const struct http_route account_beneficiary_routes[] = {
    {.method = "GET",
     ROUTE,
     .path = "/api/v2/account/beneficiaries",
     .handler = list,
     .params = list_params,
     .params_size = sizeof(struct list_form),
     .reply = beneficiary_fields,
     .reply_is_array = true,
     .action = "read",
     .doc = "Where I may withdraw to."},
    {.method = "GET",
     ROUTE,
     .path = "/api/v2/account/beneficiaries/:id",
     .handler = show,
     .params = path_params,
     .params_size = sizeof(struct path_form),
     .reply = beneficiary_fields,
     .action = "read",
     .doc = "One of them."},
    {.method = "POST",
     ROUTE,
     .path = "/api/v2/account/beneficiaries",
     .handler = create,
     .params = create_params,
     .params_size = sizeof(struct create_form),
     .reply = beneficiary_fields,
     .action = "create",
     .doc = "Add one; a code that makes it active comes by mail."},
    {.method = "PATCH",
     ROUTE,
     .path = "/api/v2/account/beneficiaries/:id/resend_pin",
     .handler = resend,
     .params = path_params,
     .params_size = sizeof(struct path_form),
     .status = 204,
     .action = "update",
     .doc = "Send another code."},
    {.method = "PATCH",
     ROUTE,
     .path = "/api/v2/account/beneficiaries/:id/activate",
     .handler = activate,
     .params = activate_params,
     .params_size = sizeof(struct path_form),
     .reply = beneficiary_fields,
     .action = "update",
     .doc = "Make one active, by its code."},
    {.method = "DELETE",
     ROUTE,
     .path = "/api/v2/account/beneficiaries/:id",
     .handler = archive,
     .params = path_params,
     .params_size = sizeof(struct path_form),
     .status = 204,
     .action = "destroy",
     .doc = "Archive one."},
    {.method = NULL}};
