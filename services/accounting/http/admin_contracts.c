/* /admin/whitelisted_smart_contracts: contracts whose calls the gateway looks into. */
#include <string.h>

#include "accounting/actions/wallet_save.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "accounting/http/csv.h"
#include "accounting/http/entities_wallet.h"
#include "accounting/http/routes_admin.h"

struct contract_list_form {
    const char *blockchain_key, *format;
    struct paging paging;
    struct ordering ordering;
};

#define CLASS "whitelistedsmartcontract"
#define AT(member) offsetof(struct contract_list_form, member)
static const struct param list_params[] = {
    ROW_CHECKED(ADMIN, CLASS, "blockchain_key", AT(blockchain_key), check_blockchain_key,
                "blockchain_key_doesnt_exist", "Key of the chain."),
    ROW_TEXT(ADMIN, "format", AT(format), "csv: all of them as text/csv."),
    PAGING_ROWS("admin.pagination", struct contract_list_form, paging),
    ORDERING_ROWS("admin.pagination", struct contract_list_form, ordering, "desc", "id"),
    PARAM_END};
#undef AT

static void reply_csv(struct http_request *request, const struct listed *listed)
{
    const struct contract_row *rows = listed->rows;
    struct str *out = http_reply_builder(request);
    str_add(out, "id,address,description,blockchain_key,state\n");
    for (size_t i = 0; i < listed->count; i++) {
        str_add_format(out, "%lld,", (long long)rows[i].id);
        csv_write(out, rows[i].address);
        str_add_char(out, ',');
        csv_write(out, rows[i].description);
        str_add_char(out, ',');
        csv_write(out, rows[i].blockchain_key);
        str_add_format(out, ",%s\n", rows[i].state);
    }
    http_reply_header(request, "Content-Type", "text/csv");
    http_reply_built(request, 200);
}

static void list(struct http_request *request)
{
    const struct contract_list_form *asked = http_params(request);
    const struct contract_filter filter = {.blockchain_key = asked->blockchain_key};
    bool is_csv = asked->format && strcmp(asked->format, "csv") == 0;
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    struct listing listing = listing_of(request, &asked->paging, &asked->ordering);
    if (is_csv)
        listing.limit = listing.offset = 0;
    bool ok = contract_list(db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    if (is_csv) {
        reply_csv(request, &listed);
        return;
    }
    paging_headers(request, &asked->paging, listed.total);
    http_reply_array(request, contract_fields, listed.rows, listed.count,
                     sizeof(struct contract_row));
}

/* clang-format off */
#define AT(member) offsetof(struct contract_draft, member)
#define SAVE_ROWS(required_)                                                                       \
    {.name = "blockchain_key", .kind = PARAM_TEXT, .offset = AT(blockchain_key),                   \
     .flags = required_, .check = check_blockchain_key,                                            \
     .value_code = "admin." CLASS ".blockchain_key_doesnt_exist", .doc = "Key of the chain."},     \
    {.name = "address", .kind = PARAM_TEXT, .offset = AT(address), .flags = required_,             \
     .doc = "Address of the contract."},                                                           \
    ROW_TEXT(ADMIN, "description", AT(description), "Text about it."),                             \
    ROW_WORD(ADMIN, CLASS, "state", AT(state), "active disabled", "invalid_state",                 \
             "active or disabled.")
/* clang-format on */
static const struct param create_params[] = {SAVE_ROWS(PARAM_REQUIRED), PARAM_END};
static const struct param update_params[] = {
    ROW_ID(ADMIN, AT(id), "admin." CLASS ".non_integer_id"), SAVE_ROWS(0), PARAM_END};
static const struct param path_params[] = {ROW_ID_IN_PATH(AT(id), "admin." CLASS ".non_integer_id"),
                                           PARAM_END};
#undef AT

static void show(struct http_request *request)
{
    const struct contract_draft *asked = http_params(request);
    struct contract_row row;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (contract_get(db, http_arena(request), asked->id.value, &row, &err))
        http_reply_object(request, contract_fields, &row);
    else
        http_reply_err(request, &err);
}

static void save(struct http_request *request,
                 bool (*action)(const struct change *change, const struct contract_draft *draft,
                                struct contract_row *ret_row, struct err *err))
{
    struct contract_row row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    if (action(&change, http_params(request), &row, &err))
        http_reply_object(request, contract_fields, &row);
    else
        reply_refusal(request, &err);
}

static void create(struct http_request *request)
{
    save(request, contract_create);
}

static void update(struct http_request *request)
{
    save(request, contract_change);
}

/* ---- POST /admin/whitelisted_smart_contracts/csv ---- */

enum { IMPORT_ROWS_MAX = 1000 };

struct import_form {
    struct param_files file;
};

static const struct param import_params[] = {
    {.name = "file",
     .kind = PARAM_FILES,
     .offset = offsetof(struct import_form, file),
     .flags = PARAM_REQUIRED,
     .doc = "CSV with the headers address, blockchain_key, description."},
    PARAM_END};

/* Rows without an address or a known chain, and those that are there already, are passed over. */
static bool import_rows(const struct change *change, struct csv *csv, struct contract_row *rows,
                        size_t *count, struct err *err)
{
    while (*count < IMPORT_ROWS_MAX && csv_next(csv)) {
        struct contract_draft draft = {
            .address = csv_get(csv, "address"),
            .blockchain_key = csv_get(csv, "blockchain_key"),
            .description = csv_get(csv, "description"),
        };
        if (!draft.address || !*draft.address || !draft.blockchain_key)
            continue;
        if (contract_create(change, &draft, &rows[*count], err))
            (*count)++;
        else if (err->code != ERR_INVALID)
            return false;
    }
    return true;
}

static void import(struct http_request *request)
{
    const struct import_form *form = http_params(request);
    struct contract_row *rows = admin_alloc_or_reply(request, IMPORT_ROWS_MAX, sizeof(*rows));
    struct change change;
    struct csv csv;
    struct err err;
    size_t count = 0;
    if (!rows || !request_change(request, &change))
        return;
    if (form->file.count == 0) {
        reply_code(request, "admin." CLASS ".missing_file");
        return;
    }
    const struct param_file *file = form->file.items[0];
    if (!csv_open(&csv, http_arena(request), file->bytes, file->length, &err) ||
        !import_rows(&change, &csv, rows, &count, &err))
        http_reply_err(request, &err);
    else
        http_reply_array(request, contract_fields, rows, count, sizeof(*rows));
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin." CLASS,                     \
    .subject = "WhitelistedSmartContract", .tag = "admin", .reply = contract_fields
#define PATH "/api/v2/admin/whitelisted_smart_contracts"
#define DRAFT_SIZE .params_size = sizeof(struct contract_draft)
/* clang-format off */
const struct http_route admin_contract_routes[] = {
    {.method = "GET", .path = PATH, ROUTE, .handler = list, .params = list_params,
     .params_size = sizeof(struct contract_list_form), .reply_is_array = true, .action = "read",
     .doc = "Contracts whose calls are looked into."},
    {.method = "GET", .path = "/api/v2/admin/whitelisted_smart_contract/:id", ROUTE,
     .handler = show, .params = path_params, DRAFT_SIZE, .action = "read",
     .doc = "One contract."},
    {.method = "POST", .path = PATH, ROUTE, .handler = create, .params = create_params, DRAFT_SIZE,
     .action = "create", .doc = "Add a contract."},
    {.method = "PUT", .path = PATH, ROUTE, .handler = update, .params = update_params, DRAFT_SIZE,
     .action = "update", .doc = "Change a contract."},
    {.method = "POST", .path = PATH "/csv", ROUTE, .handler = import, .params = import_params,
     .params_size = sizeof(struct import_form), .reply_is_array = true, .action = "create",
     .doc = "Add the contracts of a CSV file."},
    {.method = NULL}};
