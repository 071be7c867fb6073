#include "accounting/http/wallet_support.h"

#include <string.h>

#include "api/management.h"
#include "json/read.h"

bool check_gateway(struct http_request *request, const char *name)
{
    (void)request;
    for (size_t i = 0; wallet_gateways[i]; i++)
        if (strcmp(wallet_gateways[i], name) == 0)
            return true;
    return false;
}

bool check_wallet_settings(struct http_request *request, const char *json)
{
    struct err ignored;
    cJSON *root;
    if (!check_json_object(request, json) || !json_read(json, strlen(json), &root, &ignored))
        return false;
    const cJSON *uri = json_member(root, "uri");
    bool ok =
        !uri || cJSON_IsNull(uri) || (cJSON_IsString(uri) && check_url(request, uri->valuestring));
    cJSON_Delete(root);
    return ok;
}

void wallet_reply(struct http_request *request, const struct wallet_row *row)
{
    struct wallet_view view;
    struct err err;
    if (wallet_view_fill(http_arena(request), row, &view))
        http_reply_object(request, wallet_fields, &view);
    else if (!err_set(&err, ERR_BUSY, "no memory for a wallet"))
        http_reply_err(request, &err);
}

static void reply_views(struct http_request *request, const struct listed *listed)
{
    struct wallet_view *views = admin_alloc_or_reply(request, listed->count, sizeof(*views));
    const struct wallet_row *rows = listed->rows;
    struct err err;
    if (!views)
        return;
    for (size_t i = 0; i < listed->count; i++)
        if (!wallet_view_fill(http_arena(request), &rows[i], &views[i])) {
            err_set(&err, ERR_BUSY, "no memory for wallets");
            http_reply_err(request, &err);
            return;
        }
    http_reply_array(request, wallet_fields, views, listed->count, sizeof(*views));
}

void wallets_reply_list(struct http_request *request)
{
    const struct wallet_list_form *asked = http_params(request);
    struct wallet_filter filter = {
        .blockchain_key = asked->blockchain_key,
        .kind = asked->kind ? wallet_kind_number(asked->kind) : 0,
        .currencies = asked->currencies.items,
        .currencies_count = asked->currencies.count,
    };
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    struct listing listing = listing_of(request, &asked->paging, &asked->ordering);
    bool ok = wallet_list(db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, listed.total);
    reply_views(request, &listed);
}

void wallets_reply_one(struct http_request *request)
{
    const struct wallet_draft *asked = http_params(request);
    struct wallet_row row;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (wallet_get(db, http_arena(request), asked->id.value, &row, &err))
        wallet_reply(request, &row);
    else
        http_reply_err(request, &err);
}

static void save(struct http_request *request,
                 bool (*action)(const struct change *change, const struct wallet_draft *draft,
                                struct wallet_row *ret_row, struct err *err))
{
    struct wallet_row row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    if (action(&change, http_params(request), &row, &err))
        wallet_reply(request, &row);
    else
        reply_refusal(request, &err);
}

void wallets_reply_created(struct http_request *request, const char *currencies_code)
{
    const struct wallet_draft *draft = http_params(request);
    if ((draft->currencies.count > 0) == (draft->currency != NULL))
        reply_code(request, currencies_code);
    else
        save(request, wallet_create);
}

void wallets_reply_changed(struct http_request *request)
{
    save(request, wallet_change);
}
