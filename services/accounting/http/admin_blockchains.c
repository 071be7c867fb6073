/* /admin/blockchains: the chains. Talking to their nodes is the blockchain gateway's work. */
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/catalog_try_reply.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_admin.h"
#include "accounting/http/routes_admin.h"
#include "accounting/peers/peers.h"
#include "base/auto.h"
#include "json/read.h"

enum { PATH_SIZE = 160, CALL_MS = 15000 };

/* ---- GET /admin/blockchains ---- */

struct blockchain_list_form {
    struct blockchain_filter filter;
    struct paging paging;
    struct ordering ordering;
};

#define AT(member) offsetof(struct blockchain_list_form, filter.member)
static const struct param list_params[] = {
    ROW_CHECKED(ADMIN, "blockchain", "key", AT(key), check_blockchain_key,
                "blockchain_key_doesnt_exist", "Its key."),
    ROW_CHECKED(ADMIN, "blockchain", "client", AT(client), check_blockchain_client,
                "blockchain_client_doesnt_exist", "Its adapter."),
    ROW_WORD(ADMIN, "blockchain", "status", AT(status), "active disabled",
             "blockchain_status_doesnt_exist", "Its status."),
    ROW_CHECKED(ADMIN, "blockchain", "name", AT(name), check_blockchain_name,
                "blockchain_name_doesnt_exist", "Its name."),
    PAGING_ROWS("admin.pagination", struct blockchain_list_form, paging),
    ORDERING_ROWS("admin.pagination", struct blockchain_list_form, ordering, "desc", "id"),
    PARAM_END};
#undef AT

static void list(struct http_request *request)
{
    const struct blockchain_list_form *asked = http_params(request);
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    struct listing listing = listing_of(request, &asked->paging, &asked->ordering);
    bool ok = blockchain_list(db, &asked->filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, listed.total);
    http_reply_array(request, blockchain_fields, listed.rows, listed.count,
                     sizeof(struct blockchain_row));
}

static void clients(struct http_request *request)
{
    struct str *out = http_reply_builder(request);
    str_add_char(out, '[');
    for (size_t i = 0; blockchain_clients[i]; i++) {
        if (i > 0)
            str_add_char(out, ',');
        json_write_string(out, blockchain_clients[i]);
    }
    str_add_char(out, ']');
    http_reply_built(request, 200);
}

/* ---- GET /admin/blockchains/:id ---- */

struct blockchain_path {
    struct param_i64 id, block_number;
};

static const struct param path_params[] = {
    ROW_ID_IN_PATH(offsetof(struct blockchain_path, id), "admin.blockchain.non_integer_id"),
    PARAM_END};

static void show(struct http_request *request)
{
    const struct blockchain_path *path = http_params(request);
    struct blockchain_row row;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (blockchain_get(db, http_arena(request), path->id.value, &row, &err))
        http_reply_object(request, blockchain_fields, &row);
    else
        http_reply_err(request, &err);
}

/* The gateway has the nodes. Its chain, if it answers, and what it says. */
static bool ask_gateway(struct http_request *request, const char *method, const char *tail,
                        struct blockchain_row *ret_row, struct str *answer)
{
    const struct blockchain_path *path = http_params(request);
    char url[PATH_SIZE];
    struct err err;
    long status;
    struct db *db = request_db(request);
    if (!db || !blockchain_get(db, http_arena(request), path->id.value, ret_row, &err))
        return false;
    snprintf(url, sizeof(url), "/internal/chains/%.64s%s", ret_row->key, tail);
    const struct peer_request call = {
        .peer = PEER_BLOCKCHAIN, .method = method, .path = url, .timeout_ms = CALL_MS};
    return peer_call(request_app(request)->peers, &call, &status, answer, &err) && status >= 200 &&
           status < 300;
}

static void latest_block(struct http_request *request)
{
    AUTO(str_release) struct str answer = STR_INIT(PEER_ANSWER_BYTES_MAX);
    struct blockchain_row row;
    struct err err;
    cJSON *root = NULL;
    int64_t height;
    bool known = ask_gateway(request, NULL, "/latest_block", &row, &answer) &&
                 json_read(str_data(&answer), answer.length, &root, &err) &&
                 json_member_i64(root, "height", &height);
    cJSON_Delete(root);
    if (!known) {
        reply_code(request, "admin.blockchain.latest_block");
        return;
    }
    str_add_i64(http_reply_builder(request), height);
    http_reply_built(request, 200);
}

static const struct param process_block_params[] = {
    ROW_ID(ADMIN, offsetof(struct blockchain_path, id), "admin.blockchain.non_integer_id"),
    {.name = "block_number",
     .kind = PARAM_I64,
     .offset = offsetof(struct blockchain_path, block_number),
     .flags = PARAM_REQUIRED | PARAM_POSITIVE,
     .type_code = "admin.blockchain.non_integer_block_number",
     .value_code = "admin.blockchain.non_positive_block_number",
     .doc = "Height of the block."},
    PARAM_END};

static void process_block(struct http_request *request)
{
    AUTO(str_release) struct str answer = STR_INIT(PEER_ANSWER_BYTES_MAX);
    const struct blockchain_path *path = http_params(request);
    struct blockchain_row row;
    char tail[64];
    snprintf(tail, sizeof(tail), "/blocks/%lld/scan", (long long)path->block_number.value);
    if (ask_gateway(request, "POST", tail, &row, &answer))
        http_reply_object(request, blockchain_fields, &row);
    else
        reply_code(request, "admin.blockchain.process_block");
}

/* ---- POST /admin/blockchains/new, /update ---- */

/* clang-format off */
#define AT(member) offsetof(struct blockchain_draft, member)
#define ROW_SHORT(name_, flags_, code_)                                                            \
    {.name = #name_, .kind = PARAM_TEXT, .offset = AT(name_), .flags = PARAM_RANGE | (flags_),     \
     .max = 255, .length_code = "admin.blockchain." code_, .doc = "At most 255 bytes."}
#define SAVE_ROWS(required_)                                                                       \
    ROW_SHORT(key, required_, "key_too_long"),                                                     \
    ROW_SHORT(name, required_, "name_too_long"),                                                   \
    {.name = "client", .kind = PARAM_TEXT, .offset = AT(client), .flags = (required_),             \
     .check = check_blockchain_client, .value_code = "admin.blockchain.invalid_client",            \
     .doc = "Adapter; GET /admin/blockchains/clients lists them."},                                \
    {.name = "height", .kind = PARAM_I64, .offset = AT(height),                                    \
     .flags = PARAM_POSITIVE | (required_), .type_code = "admin.blockchain.non_integer_height",    \
     .value_code = "admin.blockchain.non_positive_height", .doc = "Last final block."}, \
    ROW_TEXT(ADMIN, "protocol", AT(protocol), "Name of the protocol."),                            \
    ROW_CHECKED(ADMIN, "blockchain", "server", AT(server), check_urls, "invalid_server",           \
                "URLs of its nodes between blanks, the best first; never shown."),                                                  \
    ROW_TEXT(ADMIN, "explorer_transaction", AT(explorer_transaction), "URL, with #{txid}."),       \
    ROW_TEXT(ADMIN, "explorer_address", AT(explorer_address), "URL, with #{address}."),            \
    ROW_TEXT(ADMIN, "warning", AT(warning), "What to beware of."),                                 \
    ROW_TEXT(ADMIN, "description", AT(description), "Text about it."),                             \
    ROW_WORD(ADMIN, "blockchain", "collection_gas_speed", AT(collection_gas_speed),                \
             "standard safelow fast", "invalid_collection_gas_speed", "Gas speed."),               \
    ROW_WORD(ADMIN, "blockchain", "withdrawal_gas_speed", AT(withdrawal_gas_speed),                \
             "standard safelow fast", "invalid_withdrawal_gas_speed", "Gas speed."),               \
    ROW_WORD(ADMIN, "blockchain", "status", AT(status), "active disabled", "invalid_status",       \
             "active or disabled."),                                                               \
    {.name = "min_confirmations", .kind = PARAM_I64, .offset = AT(min_confirmations),              \
     .flags = PARAM_POSITIVE, .type_code = "admin.blockchain.non_integer_min_confirmations",       \
     .value_code = "admin.blockchain.non_positive_min_confirmations",                              \
     .doc = "Confirmations that make a deposit final."},                                           \
    ROW_DEC_0(ADMIN, "blockchain", "min_deposit_amount", AT(min_deposit_amount),                   \
              "min_deposit_amount", "min_deposit_amount", "In the platform currency."),            \
    ROW_DEC_0(ADMIN, "blockchain", "withdraw_fee", AT(withdraw_fee), "non_decimal_withdraw_fee",   \
              "ivalid_withdraw_fee", "In the platform currency."),                                 \
    ROW_DEC_0(ADMIN, "blockchain", "min_withdraw_amount", AT(min_withdraw_amount),                 \
              "non_decimal_min_withdraw_amount", "invalid_min_withdraw_amount",                    \
              "In the platform currency.")
/* clang-format on */

static const struct param create_params[] = {
    SAVE_ROWS(PARAM_REQUIRED), ROW_DRY_RUN(AT(dry_run), "admin.blockchain.non_boolean_dry_run"),
    PARAM_END};
static const struct param update_params[] = {
    ROW_ID(ADMIN, AT(id), "admin.blockchain.non_integer_id"), SAVE_ROWS(0),
    ROW_NO_DRY_RUN(AT(dry_run), "admin.blockchain.non_boolean_dry_run"), PARAM_END};
#undef AT

static void save(struct http_request *request,
                 bool (*action)(const struct change *change, const struct blockchain_draft *draft,
                                struct secret_store *secrets, struct blockchain_row *ret_row,
                                struct err *err))
{
    struct blockchain_row row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    if (!action(&change, http_params(request), request_app(request)->secrets, &row, &err)) {
        reply_refusal(request, &err);
        return;
    }
    request_renewed_catalog(request, change.db);
    http_reply_object(request, blockchain_fields, &row);
}

static void dry_run(struct http_request *request)
{
    const struct blockchain_draft *draft = http_params(request);
    struct trial trial = {.arena = http_arena(request)};
    struct blockchain_row row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    bool ok = blockchain_try(&change, draft, request_app(request)->secrets, &row, &err);
    trial_chain(request_app(request), draft, &trial);
    trial_reply(request, &trial, ok ? NULL : &err, blockchain_fields, &row);
}

static void create(struct http_request *request)
{
    const struct blockchain_draft *draft = http_params(request);
    if (draft->dry_run.value)
        dry_run(request);
    else
        save(request, blockchain_create);
}

static void update(struct http_request *request)
{
    const struct blockchain_draft *draft = http_params(request);
    if (!dry_run_refused(request, draft->dry_run) &&
        permit_given_or_reply(request, "update", "Blockchain", "id"))
        save(request, blockchain_change);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.blockchain",                 \
    .subject = "Blockchain", .tag = "admin"
const struct http_route admin_blockchain_routes[] = {
    {.method = "GET",
     .path = "/api/v2/admin/blockchains",
     ROUTE,
     .handler = list,
     .params = list_params,
     .params_size = sizeof(struct blockchain_list_form),
     .reply = blockchain_fields,
     .reply_is_array = true,
     .action = "read",
     .doc = "Blockchains."},
    {.method = "GET",
     .path = "/api/v2/admin/blockchains/clients",
     ROUTE,
     .handler = clients,
     .doc = "Names of the adapters."},
    {.method = "GET",
     .path = "/api/v2/admin/blockchains/:id",
     ROUTE,
     .handler = show,
     .params = path_params,
     .params_size = sizeof(struct blockchain_path),
     .reply = blockchain_fields,
     .action = "read",
     .doc = "One blockchain."},
    {.method = "GET",
     .path = "/api/v2/admin/blockchains/:id/latest_block",
     ROUTE,
     .handler = latest_block,
     .params = path_params,
     .params_size = sizeof(struct blockchain_path),
     .action = "read",
     .doc = "Height of its newest block."},
    {.method = "POST",
     .path = "/api/v2/admin/blockchains/new",
     ROUTE,
     .handler = create,
     .params = create_params,
     .params_size = sizeof(struct blockchain_draft),
     .reply = blockchain_fields,
     .action = "create",
     .doc = "Add a blockchain."},
    {.method = "POST",
     .path = "/api/v2/admin/blockchains/update",
     ROUTE,
     .handler = update,
     .params = update_params,
     .params_size = sizeof(struct blockchain_draft),
     .reply = blockchain_fields,
     .action = "update",
     .doc = "Change a blockchain."},
    {.method = "POST",
     .path = "/api/v2/admin/blockchains/process_block",
     ROUTE,
     .handler = process_block,
     .params = process_block_params,
     .params_size = sizeof(struct blockchain_path),
     .reply = blockchain_fields,
     .action = "update",
     .doc = "Look at one block again."},
    {.method = NULL}};
