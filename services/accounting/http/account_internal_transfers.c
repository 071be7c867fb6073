/*
 * /account/internal_transfers: what I sent to other members, and they to me.
 * Sending asks for a one-time code, which auth checks (actions/otp_check.h).
 */
#include "accounting/actions/change_rules.h"
#include "accounting/actions/internal_transfer_create.h"
#include "accounting/actions/otp_check.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "accounting/http/internal_transfer_view.h"
#include "accounting/http/routes_admin.h"
#include "accounting/state/config.h"

#include <string.h>

/* ---- GET ---- */

/* limit and page are not declared by the contract: a value that makes no sense means the default.
 * */
struct transfer_list_form {
    const char *currency, *state, *sender, *limit, *page;
};

enum { LIST_LIMIT_DEFAULT = 10 };

#define AT(member) offsetof(struct transfer_list_form, member)
static const struct param list_params[] = {
    {.name = "currency",
     .kind = PARAM_TEXT,
     .offset = AT(currency),
     .check = check_currency,
     .value_code = "account.currency.doesnt_exist",
     .doc = "Currency code."},
    {.name = "state",
     .kind = PARAM_TEXT,
     .offset = AT(state),
     .doc = "completed: every transfer is."},
    {.name = "sender",
     .kind = PARAM_TEXT,
     .offset = AT(sender),
     .doc = "Uid or user name of the sender."},
    {.name = "limit", .kind = PARAM_TEXT, .offset = AT(limit), .doc = "Rows of a page: 10."},
    {.name = "page", .kind = PARAM_TEXT, .offset = AT(page), .doc = "Number of the page, from 1."},
    PARAM_END};
#undef AT

static struct param_i64 number_or(const char *text, int64_t max, int64_t fallback)
{
    int64_t number;
    if (!text || !str_to_i64(text, &number) || number < 1)
        number = fallback;
    return (struct param_i64){number > max ? max : number, true};
}

static void reply_rows(struct http_request *request, const struct paging *paging,
                       const struct listed *listed)
{
    const struct internal_transfer *rows = listed->rows;
    struct internal_transfer_view *views =
        admin_alloc_or_reply(request, listed->count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < listed->count; i++)
        views[i] = internal_transfer_view_of(&rows[i], request_member(request)->id);
    paging_headers(request, paging, listed->total);
    http_reply_array(request, internal_transfer_fields, views, listed->count, sizeof(*views));
}

/* False: nobody has that name, so nobody sent anything. */
static bool sender_find(struct db *db, const char *name, uint64_t *ret_id, struct err *err)
{
    struct member member = {.id = 0};
    err->code = ERR_NONE;
    if (name && *name && !member_find_by_name(db, name, &member, err))
        return false;
    *ret_id = member.id;
    return true;
}

static void list(struct http_request *request)
{
    const struct transfer_list_form *asked = http_params(request);
    const struct paging paging = {
        .limit = number_or(asked->limit, PAGE_LIMIT_MAX, LIST_LIMIT_DEFAULT),
        .page = number_or(asked->page, INT32_MAX, 1),
    };
    struct internal_transfer_filter filter = {
        .member_id = request_member(request)->id,
        .currency_id = lower_text(http_arena(request), asked->currency),
    };
    struct listed listed = {.count = 0};
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    bool is_empty = asked->state && *asked->state && strcmp(asked->state, "completed") != 0;
    struct listing listing =
        listing_of(request, &paging, &(struct ordering){.ordering = "desc", .order_by = "id"});
    bool ok = sender_find(db, asked->sender, &filter.sender_id, &err) &&
              (is_empty || internal_transfer_list(db, &filter, &listing, &listed, &err));
    str_release(&listing.where);
    if (ok || err.code == ERR_NOT_FOUND)
        reply_rows(request, &paging, &listed);
    else
        http_reply_err(request, &err);
}

/* ---- POST ---- */

struct transfer_form {
    const char *currency, *username_or_uid;
    struct param_dec amount;
    struct param_i64 otp;
};

#define AT(member) offsetof(struct transfer_form, member)
static const struct param create_params[] = {
    {.name = "currency",
     .kind = PARAM_TEXT,
     .offset = AT(currency),
     .flags = PARAM_REQUIRED,
     .check = check_currency,
     .value_code = "account.currency.doesnt_exist",
     .doc = "Currency code."},
    {.name = "amount",
     .kind = PARAM_DEC,
     .offset = AT(amount),
     .flags = PARAM_REQUIRED | PARAM_POSITIVE,
     .type_code = "account.internal_transfer.non_decimal_amount",
     .value_code = "account.internal_transfer.non_positive_amount",
     .doc = "What to send."},
    {.name = "otp",
     .kind = PARAM_I64,
     .offset = AT(otp),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .type_code = "account.internal_transfer.non_integer_otp",
     .doc = "One-time code."},
    {.name = "username_or_uid",
     .kind = PARAM_TEXT,
     .offset = AT(username_or_uid),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .doc = "Who gets it."},
    PARAM_END};
#undef AT

/* In the order of the contract. */
static bool transfer_check(struct http_request *request, struct db *db, struct member *ret_receiver,
                           struct err *err)
{
    const struct transfer_form *form = http_params(request);
    if (!member_find_by_name(db, form->username_or_uid, ret_receiver, err))
        return err->code == ERR_NOT_FOUND
                   ? err_set_key(err, ERR_INVALID, "account.internal_transfer.receiver_not_found",
                                 "no such receiver")
                   : false;
    struct accounting *app = request_app(request);
    bool is_right;
    if (!otp_check(app, app->config->internal_transfer_otp, request_member(request)->uid,
                   form->otp.value, &is_right, err))
        return err_set_key(err, ERR_INVALID, "account.internal_transfer.create_error",
                           "auth does not verify codes");
    if (!is_right)
        return err_set_key(err, ERR_INVALID, "account.internal_transfer.invalid_otp",
                           "a wrong one-time code");
    if (ret_receiver->id == request_member(request)->id)
        return err_set_key(err, ERR_INVALID,
                           "account.internal_transfer.can_not_tranfer_to_yourself",
                           "sender and receiver are one");
    return true;
}

static void create(struct http_request *request)
{
    const struct transfer_form *form = http_params(request);
    struct member receiver;
    struct internal_transfer row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    const struct internal_transfer_request asked = {
        .sender = request_member(request),
        .receiver = &receiver,
        .currency_id = lower_text(change.arena, form->currency),
        .amount = form->amount.value,
    };
    if (!transfer_check(request, change.db, &receiver, &err) ||
        !internal_transfer_create(&change, &asked, &row, &err)) {
        if (err.code == ERR_FUNDS_INSUFFICIENT)
            err.key = "account.internal_transfer.insufficient_balance";
        http_reply_err(request, &err);
        return;
    }
    accounting_outbox_wake(request_app(request));
    struct internal_transfer_view view = internal_transfer_view_of(&row, 0);
    http_reply_object(request, internal_transfer_fields, &view);
}

#define ROUTE                                                                                      \
    .path = "/api/v2/account/internal_transfers", .mode = HTTP_WORKER, .access = ACCESS_MEMBER,    \
    .class_name = "account.internaltransfer", .subject = "InternalTransfer", .tag = "account",     \
    .reply = internal_transfer_fields
const struct http_route account_transfer_routes[] = {
    {.method = "GET",
     ROUTE,
     .handler = list,
     .params = list_params,
     .params_size = sizeof(struct transfer_list_form),
     .reply_is_array = true,
     .action = "read",
     .doc = "What I sent to other members, and they to me."},
    {.method = "POST",
     ROUTE,
     .handler = create,
     .params = create_params,
     .params_size = sizeof(struct transfer_form),
     .action = "create",
     .doc = "Send funds to another member."},
    {.method = NULL}};
