/*
 * POST /management/transfers/new: a set of operations, booked together or not at all. The list of
 * operations is nested, so it is read here, with the sentences of a parameter table.
 */
#include "accounting/actions/transfer_create.h"
#include "accounting/domain/ledger_code.h"
#include "accounting/http/management_operations.h"
#include "accounting/http/management_support.h"
#include "base/auto.h"
#include "json/read.h"

#include <stdio.h>
#include <string.h>

struct transfer_form {
    const char *key, *category, *description, *operations;
};

static bool check_list(struct http_request *request, const char *text)
{
    struct err ignored;
    (void)request;
    return text[strspn(text, " \t\r\n")] == '[' && json_check(text, strlen(text), &ignored);
}

#define AT(member) offsetof(struct transfer_form, member)
static const struct param transfer_params[] = {
    {.name = "key",
     .kind = PARAM_TEXT,
     .offset = AT(key),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .type_code = "key is invalid",
     DEFAULT_TEXTS(MANAGEMENT, "key"),
     .doc = "Unique; a key that was used is refused."},
    {.name = "category",
     .kind = PARAM_TEXT,
     .offset = AT(category),
     .flags = PARAM_REQUIRED,
     .values = "wire refund purchases commission airdrop",
     .type_code = "category is invalid",
     .value_code = "category does not have a valid value",
     DEFAULT_TEXTS(MANAGEMENT, "category"),
     .doc = "Kind of transfer."},
    ROW_TEXT(MANAGEMENT, "description", AT(description), "Text about it."),
    {.name = "operations",
     .kind = PARAM_JSON,
     .offset = AT(operations),
     .flags = PARAM_REQUIRED,
     .check = check_list,
     .type_code = "operations is invalid",
     .value_code = "operations is invalid",
     DEFAULT_TEXTS(MANAGEMENT, "operations"),
     .doc = "List of {currency, amount, account_src{code, uid}, account_dst{code, uid}}: amount "
            "goes from one account to the other; uid for liabilities."},
    PARAM_END};
#undef AT

/* ---- reading the list ---- */

struct reading {
    struct http_request *request;
    struct db *db;
    size_t index;
    char sentence[120]; /* what is wrong, of a parameter */
};

static void delete_tree(cJSON **tree)
{
    cJSON_Delete(*tree);
}

/* "operations[2][amount] is missing" */
static bool wrong(struct reading *reading, const char *member, const char *text, struct err *err)
{
    snprintf(reading->sentence, sizeof(reading->sentence), "operations[%zu]%s %s", reading->index,
             member, text);
    return err_set(err, ERR_INVALID, "%s", reading->sentence);
}

/* Text, or a number that every reader gets right. NULL: neither. */
static const char *scalar(const cJSON *object, const char *key, char room[static 64])
{
    const cJSON *member = json_member(object, key);
    if (cJSON_IsString(member))
        return member->valuestring;
    return cJSON_IsNumber(member) && json_number_text(member, room) ? room : NULL;
}

static bool read_account(struct reading *reading, const cJSON *operation, const char *key,
                         int64_t *ret_code, uint64_t *ret_member_id, struct err *err)
{
    char room[JSON_NUMBER_TEXT_SIZE], name[64];
    const cJSON *account = json_member(operation, key);
    struct member member = {.id = 0};
    snprintf(name, sizeof(name), "[%s]", key);
    if (!cJSON_IsObject(account))
        return wrong(reading, name, account ? "is invalid" : "is missing", err);
    const char *code = scalar(account, "code", room);
    snprintf(name, sizeof(name), "[%s][code]", key);
    if (!code)
        return wrong(reading, name, "is missing", err);
    if (!str_to_i64(code, ret_code))
        return wrong(reading, name, "is invalid", err);
    if (!ledger_code_is_known(*ret_code))
        return wrong(reading, name, "does not have a valid value", err);
    const char *uid = json_member_text(account, "uid");
    snprintf(name, sizeof(name), "[%s][uid]", key);
    if (ledger_code_has_member(*ret_code)) {
        if (!uid || !*uid)
            return wrong(reading, name, "is missing", err);
        if (!management_member(reading->request, reading->db, uid, &member, err))
            return err->code == ERR_NOT_FOUND
                       ? wrong(reading, name, "does not have a valid value", err)
                       : false;
    }
    *ret_member_id = member.id;
    return true;
}

static bool read_operation(struct reading *reading, const cJSON *item,
                           struct transfer_operation *operation, struct err *err)
{
    char room[JSON_NUMBER_TEXT_SIZE];
    if (!cJSON_IsObject(item))
        return wrong(reading, "", "is invalid", err);
    const char *currency = json_member_text(item, "currency");
    if (!currency)
        return wrong(reading, "[currency]", "is missing", err);
    if (!check_currency(reading->request, currency))
        return wrong(reading, "[currency]", "does not have a valid value", err);
    for (size_t i = 0; currency[i]; i++)
        operation->currency_id[i] =
            (char)(currency[i] >= 'A' && currency[i] <= 'Z' ? currency[i] + 32 : currency[i]);
    if (!json_member(item, "amount"))
        return wrong(reading, "[amount]", "is missing", err);
    const char *amount = scalar(item, "amount", room);
    if (!amount || !dec_parse(amount, &operation->amount))
        return wrong(reading, "[amount]", "is invalid", err);
    if (!dec_is_positive(operation->amount))
        return wrong(reading, "[amount]", "does not have a valid value", err);
    return read_account(reading, item, "account_src", &operation->source_code,
                        &operation->source_member_id, err) &&
           read_account(reading, item, "account_dst", &operation->destination_code,
                        &operation->destination_member_id, err);
}

static bool read_operations(struct reading *reading, const char *text,
                            struct transfer_operation **ret_operations, size_t *ret_count,
                            struct err *err)
{
    AUTO(delete_tree) cJSON *root = NULL;
    if (!json_read(text, strlen(text), &root, err))
        return false;
    size_t count = (size_t)cJSON_GetArraySize(root);
    if (count == 0 || count > TRANSFER_OPERATIONS_MAX) {
        snprintf(reading->sentence, sizeof(reading->sentence), "operations %s",
                 count == 0 ? "is empty" : "is invalid");
        return err_set(err, ERR_INVALID, "%s", reading->sentence);
    }
    struct transfer_operation *operations =
        arena_alloc(http_arena(reading->request), count * sizeof(*operations));
    if (!operations)
        return err_set(err, ERR_BUSY, "no memory for %zu operations", count);
    const cJSON *item;
    cJSON_ArrayForEach(item, root)
    {
        if (!read_operation(reading, item, &operations[reading->index], err))
            return false;
        reading->index++;
    }
    *ret_operations = operations;
    *ret_count = count;
    return true;
}

/* ---- the answer ---- */

struct transfer_view {
    const char *key, *category, *description;
    const struct management_operation_view *lists[ACCOUNT_EXPENSE + 1];
    size_t counts[ACCOUNT_EXPENSE + 1];
};

#define AT(member) offsetof(struct transfer_view, member)
#define LIST_ROW(key_, type_)                                                                      \
    {                                                                                              \
        key_, JSON_ARRAY, AT(lists[type_]), JSON_OMIT_EMPTY, "Operations of this kind.",           \
            management_operation_fields, sizeof(struct management_operation_view),                 \
            AT(counts[type_])                                                                      \
    }
static const struct json_field transfer_fields[] = {
    {"key", JSON_TEXT, AT(key), .doc = "Its key."},
    {"category", JSON_TEXT, AT(category), .doc = "Kind of transfer."},
    {"description", JSON_TEXT, AT(description), .doc = "Text about it."},
    LIST_ROW("liabilities", ACCOUNT_LIABILITY),
    LIST_ROW("assets", ACCOUNT_ASSET),
    LIST_ROW("expenses", ACCOUNT_EXPENSE),
    LIST_ROW("revenues", ACCOUNT_REVENUE),
    {NULL},
};
#undef AT

static bool lists_fill(struct http_request *request, struct db *db,
                       const struct ledger_entry *entries, size_t count, struct transfer_view *view,
                       struct err *err)
{
    for (int type = ACCOUNT_ASSET; type <= ACCOUNT_EXPENSE; type++) {
        struct operation *operations =
            arena_alloc(http_arena(request), (count + 2) * sizeof(*operations));
        struct management_operation_view *views;
        size_t found = 0;
        if (!operations)
            return err_set(err, ERR_BUSY, "no memory for %zu operations", count);
        for (size_t i = 0; i < count; i++)
            if (ledger_code_is(entries[i].code_a, (enum account_type)type))
                found += ledger_operations(&entries[i], &operations[found]);
        if (found == 0)
            continue;
        if (!management_operation_views(request, db, operations, found, &views, err))
            return false;
        view->lists[type] = views;
        view->counts[type] = found;
    }
    return true;
}

static void create(struct http_request *request)
{
    const struct transfer_form *form = http_params(request);
    struct transfer_request asked = {
        .key = form->key, .category = form->category, .description = form->description};
    struct transfer_view view = {
        .key = form->key, .category = form->category, .description = form->description};
    struct transfer_operation *operations = NULL;
    struct transfer transfer;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    struct reading reading = {.request = request, .db = change.db};
    if (!read_operations(&reading, form->operations, &operations, &asked.operations_count, &err)) {
        if (reading.sentence[0] != '\0')
            management_reply_param(request, reading.sentence);
        else
            http_reply_err(request, &err);
        return;
    }
    asked.operations = operations;
    struct ledger_entry *entries =
        admin_alloc_or_reply(request, 2 * asked.operations_count, sizeof(*entries));
    if (!entries)
        return;
    if (!transfer_create(&change, &asked, &transfer, entries, &err)) {
        management_reply_unbooked(request, &err);
        return;
    }
    accounting_outbox_wake(request_app(request));
    if (lists_fill(request, change.db, entries, 2 * asked.operations_count, &view, &err))
        http_reply_object(request, transfer_fields, &view);
    else
        http_reply_err(request, &err);
}

const struct http_route management_transfer_routes[] = {
    {.method = "POST",
     .path = "/api/v2/management/transfers/new",
     .mode = HTTP_WORKER,
     .handler = create,
     .params = transfer_params,
     .params_size = sizeof(struct transfer_form),
     .reply = transfer_fields,
     .access = ACCESS_MANAGEMENT,
     .subject = "write_transfers",
     .class_name = "management.transfer",
     .tag = "management",
     .doc = "Book a set of operations, together or not at all."},
    {.method = NULL}};
