/* /admin/internal_transfers: what members sent each other. */
#include "accounting/actions/change_rules.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "accounting/http/internal_transfer_view.h"
#include "accounting/http/routes_admin.h"

struct transfer_list_form {
    const char *sender, *receiver, *currency;
    struct date_range dates;
    struct paging paging;
    struct ordering ordering;
};

#define AT(member) offsetof(struct transfer_list_form, member)
static const struct param list_params[] = {
    {.name = "sender",
     .kind = PARAM_TEXT,
     .offset = AT(sender),
     .doc = "Uid or user name of the sender."},
    {.name = "receiver",
     .kind = PARAM_TEXT,
     .offset = AT(receiver),
     .doc = "Uid or user name of the receiver."},
    {.name = "currency",
     .kind = PARAM_TEXT,
     .offset = AT(currency),
     .check = check_currency,
     .value_code = "admin.currency.doesnt_exist",
     .doc = "Currency code."},
    DATE_ROWS(struct transfer_list_form, dates),
    PAGING_ROWS("admin.pagination", struct transfer_list_form, paging),
    ORDERING_ROWS("admin.pagination", struct transfer_list_form, ordering, "desc", "id"),
    PARAM_END};
#undef AT

/* NULL or "": anybody. */
static bool member_id_of(struct db *db, const char *name, uint64_t *ret_id, struct err *err)
{
    struct member member;
    *ret_id = 0;
    if (!name || !*name)
        return true;
    if (!member_find_by_name(db, name, &member, err))
        return err->code == ERR_NOT_FOUND
                   ? err_set_key(err, ERR_INVALID, "admin.receiver.doesnt_exist", "no such member")
                   : false;
    *ret_id = member.id;
    return true;
}

static void list(struct http_request *request)
{
    const struct transfer_list_form *asked = http_params(request);
    struct internal_transfer_filter filter = {
        .currency_id = lower_text(http_arena(request), asked->currency),
        .by_update = asked->dates.range[0] != 'c' || asked->dates.range[1] != 'r',
        .from_us = asked->dates.from.value,
        .to_us = asked->dates.to.value,
    };
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    struct listing listing = listing_of(request, &asked->paging, &asked->ordering);
    bool ok = member_id_of(db, asked->sender, &filter.sender_id, &err) &&
              member_id_of(db, asked->receiver, &filter.receiver_id, &err) &&
              internal_transfer_list(db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    const struct internal_transfer *rows = listed.rows;
    struct internal_transfer_view *views =
        admin_alloc_or_reply(request, listed.count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < listed.count; i++)
        views[i] = internal_transfer_view_of(&rows[i], 0);
    paging_headers(request, &asked->paging, listed.total);
    http_reply_array(request, admin_internal_transfer_fields, views, listed.count, sizeof(*views));
}

const struct http_route admin_internal_transfer_routes[] = {
    {.method = "GET",
     .path = "/api/v2/admin/internal_transfers",
     .mode = HTTP_WORKER,
     .access = ACCESS_ADMIN,
     .class_name = "admin.internaltransfer",
     .subject = "InternalTransfer",
     .tag = "admin",
     .handler = list,
     .params = list_params,
     .params_size = sizeof(struct transfer_list_form),
     .reply = admin_internal_transfer_fields,
     .reply_is_array = true,
     .action = "read",
     .doc = "What members sent each other."},
    {.method = NULL}};
