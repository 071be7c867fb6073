/* /management/wallets: the exchange's own wallets, for other servers. */
#include "accounting/http/management_support.h"
#include "accounting/http/wallet_support.h"

#define AT(member) offsetof(struct wallet_list_form, member)
static const struct param list_params[] = {
    WALLET_CHAIN_ROW(MANAGEMENT, "wallet", ROW_CHECKED, AT(blockchain_key)),
    WALLET_KIND_ROW(MANAGEMENT, AT(kind), 0), WALLET_CURRENCIES_ROW(MANAGEMENT, AT(currencies), 0),
    MANAGEMENT_LIST_ROWS("pagination", struct wallet_list_form, paging, ordering, "asc"),
    PARAM_END};
#undef AT

static const struct param path_params[] = {
    ROW_ID_IN_PATH(WALLET_AT(id), "id management.wallet.non_integer_id"), PARAM_END};
static const struct param create_params[] = {WALLET_SAVE_ROWS(MANAGEMENT, PARAM_REQUIRED),
                                             PARAM_END};
static const struct param update_params[] = {
    ROW_ID(MANAGEMENT, WALLET_AT(id), "id management.wallet.non_integer_id"),
    WALLET_SAVE_ROWS(MANAGEMENT, 0), PARAM_END};

static void create(struct http_request *request)
{
    wallets_reply_created(request, "management.wallet.currencies_field_is_missing");
}

#define ROUTE                                                                                      \
    .method = "POST", .mode = HTTP_WORKER, .access = ACCESS_MANAGEMENT,                            \
    .class_name = "management.wallet", .tag = "management", .reply = wallet_fields
#define PATH "/api/v2/management/wallets"
/* clang-format off */
const struct http_route management_wallet_routes[] = {
    {ROUTE, .path = PATH, .handler = wallets_reply_list, .params = list_params,
     .params_size = sizeof(struct wallet_list_form), .reply_is_array = true,
     .subject = "read_wallets", .doc = "The exchange's wallets."},
    {ROUTE, .path = PATH "/:id", .handler = wallets_reply_one, .params = path_params,
     .params_size = sizeof(struct wallet_draft), .subject = "read_wallets", .doc = "One wallet."},
    {ROUTE, .path = PATH "/new", .handler = create, .params = create_params,
     .params_size = sizeof(struct wallet_draft), .subject = "write_wallets",
     .doc = "Add a wallet."},
    {ROUTE, .path = PATH "/update", .handler = wallets_reply_changed, .params = update_params,
     .params_size = sizeof(struct wallet_draft), .subject = "write_wallets",
     .doc = "Change a wallet."},
    {.method = NULL}};
