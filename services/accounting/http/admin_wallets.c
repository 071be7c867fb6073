/* /admin/wallets: the exchange's own wallets. */
#include <string.h>

#include "accounting/http/wallet_support.h"

#define AT(member) offsetof(struct wallet_list_form, member)
static const struct param list_params[] = {
    ROW_CHECKED(ADMIN, "currency", "blockchain_key", AT(blockchain_key), check_blockchain_key,
                "blockchain_key_doesnt_exist", "Key of its chain."),
    WALLET_KIND_ROW(ADMIN, AT(kind), 0),
    WALLET_CURRENCIES_ROW(ADMIN, AT(currencies), 0),
    PAGING_ROWS("admin.pagination", struct wallet_list_form, paging),
    ORDERING_ROWS("admin.pagination", struct wallet_list_form, ordering, "desc", "id"),
    PARAM_END};
#undef AT

static void reply_words(struct http_request *request, const char *const *words)
{
    struct str *out = http_reply_builder(request);
    str_add_char(out, '[');
    for (size_t i = 0; words[i]; i++) {
        if (i > 0)
            str_add_char(out, ',');
        json_write_string(out, words[i]);
    }
    str_add_char(out, ']');
    http_reply_built(request, 200);
}

static void kinds(struct http_request *request)
{
    static const char *const words[] = {"deposit", "fee", "hot", "warm", "cold", NULL};
    reply_words(request, words);
}

static void gateways(struct http_request *request)
{
    reply_words(request, wallet_gateways);
}

static const struct param path_params[] = {
    ROW_ID_IN_PATH(WALLET_AT(id), "admin.wallet.non_integer_id"), PARAM_END};
static const struct param create_params[] = {WALLET_SAVE_ROWS(ADMIN, PARAM_REQUIRED), PARAM_END};
static const struct param update_params[] = {
    ROW_ID(ADMIN, WALLET_AT(id), "admin.wallet.non_integer_id"), WALLET_SAVE_ROWS(ADMIN, 0),
    PARAM_END};
static const struct param link_params[] = {
    ROW_ID(ADMIN, WALLET_AT(id), "admin.wallet.non_integer_id"),
    WALLET_CURRENCIES_ROW(ADMIN, WALLET_AT(currencies), PARAM_REQUIRED), PARAM_END};

static void create(struct http_request *request)
{
    wallets_reply_created(request, "admin.wallet.currencies_field_is_missing");
}

static void link_or_unlink(struct http_request *request, bool remove)
{
    struct wallet_row row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    if (wallet_link(&change, http_params(request), remove, &row, &err))
        wallet_reply(request, &row);
    else
        reply_refusal(request, &err);
}

static void add_currencies(struct http_request *request)
{
    link_or_unlink(request, false);
}

static void remove_currencies(struct http_request *request)
{
    link_or_unlink(request, true);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.wallet",                     \
    .subject = "Wallet", .tag = "admin"
#define PATH "/api/v2/admin/wallets"
/* clang-format off */
const struct http_route admin_wallet_routes[] = {
    {.method = "GET", .path = PATH, ROUTE, .handler = wallets_reply_list, .params = list_params,
     .params_size = sizeof(struct wallet_list_form), .reply = wallet_fields,
     .reply_is_array = true, .action = "read", .doc = "The exchange's wallets."},
    {.method = "GET", .path = PATH "/kinds", ROUTE, .handler = kinds,
     .doc = "Kinds of wallets."},
    {.method = "GET", .path = PATH "/gateways", ROUTE, .handler = gateways,
     .doc = "Names of the back ends."},
    {.method = "GET", .path = PATH "/:id", ROUTE, .handler = wallets_reply_one,
     .params = path_params, .params_size = sizeof(struct wallet_draft), .reply = wallet_fields,
     .action = "read", .doc = "One wallet."},
    {.method = "POST", .path = PATH "/new", ROUTE, .handler = create, .params = create_params,
     .params_size = sizeof(struct wallet_draft), .reply = wallet_fields, .action = "create",
     .doc = "Add a wallet."},
    {.method = "POST", .path = PATH "/update", ROUTE, .handler = wallets_reply_changed,
     .params = update_params, .params_size = sizeof(struct wallet_draft), .reply = wallet_fields,
     .action = "update", .doc = "Change a wallet."},
    {.method = "POST", .path = PATH "/currencies", ROUTE, .handler = add_currencies,
     .params = link_params, .params_size = sizeof(struct wallet_draft), .reply = wallet_fields,
     .action = "update", .doc = "Let a wallet serve more currencies."},
    {.method = "DELETE", .path = PATH "/currencies", ROUTE, .handler = remove_currencies,
     .params = link_params, .params_size = sizeof(struct wallet_draft), .reply = wallet_fields,
     .action = "update", .doc = "Let a wallet serve these currencies no more."},
    {.method = NULL}};
