/* /admin/permissions: which role may call which path, of every service. */
#include "auth/actions/permission_save.h"
#include "auth/http/context.h"
#include "auth/http/list_support.h"
#include "auth/http/routes_admin.h"

#define AT(member) offsetof(struct permission_row, member)
static const struct json_field permission_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Number of the row."},
    {"action", JSON_TEXT, AT(action), .doc = "ACCEPT, DROP, or AUDIT: let in and write it down."},
    {"role", JSON_TEXT, AT(role), .doc = "Of whom."},
    {"verb", JSON_TEXT, AT(verb), .doc = "Method, or ALL."},
    {"path", JSON_TEXT, AT(path), .doc = "What the path begins with, without the first slash."},
    {"topic", JSON_TEXT, AT(topic), .doc = "Topic of the log's rows; null: made from the path."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},
    {"updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it changed last."},
    {NULL},
};
#undef AT

struct list_form {
    struct paging paging;
};

static const struct param list_params[] = {PAGING_ROWS_BARE(struct list_form, paging), PARAM_END};

static void list(struct http_request *request)
{
    const struct list_form *asked = http_params(request);
    struct listing listing = request_page(request, &asked->paging);
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (permissions_list(db, &listing, &listed, &err))
        reply_page(request, &asked->paging, listed.total, permission_fields, listed.rows,
                   listed.count, sizeof(struct permission_row));
    else
        http_reply_err(request, &err);
}

/* ---- changes ---- */

#define AT(member) offsetof(struct permission_draft, member)
#define TEXT_ROW(name_, member_, flags_, doc_)                                                     \
    {                                                                                              \
        .name = name_, .kind = PARAM_TEXT, .offset = AT(member_), .flags = flags_, .doc = doc_     \
    }
#define CREATE (PARAM_REQUIRED | PARAM_NOT_BLANK)
#define ROLE_DOC "A role that has permissions already."
#define VERB_DOC "get, post, put, patch, delete, head or all."
#define PATH_DOC "What the path begins with: api/v2/barong/resource."
#define ACTION_DOC "accept, drop or audit."
#define TOPIC_DOC "Topic of the log's rows."

static const struct param create_params[] = {TEXT_ROW("role", role, CREATE, ROLE_DOC),
                                             TEXT_ROW("verb", verb, CREATE, VERB_DOC),
                                             TEXT_ROW("path", path, CREATE, PATH_DOC),
                                             TEXT_ROW("action", action, CREATE, ACTION_DOC),
                                             TEXT_ROW("topic", topic, PARAM_NOT_BLANK, TOPIC_DOC),
                                             PARAM_END};

static const struct param change_params[] = {
    {.name = "id",
     .kind = PARAM_I64,
     .offset = AT(id),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .doc = "Number of the row."},
    TEXT_ROW("role", role, PARAM_NOT_BLANK, ROLE_DOC),
    TEXT_ROW("verb", verb, PARAM_NOT_BLANK, VERB_DOC),
    TEXT_ROW("path", path, PARAM_NOT_BLANK, PATH_DOC),
    TEXT_ROW("action", action, PARAM_NOT_BLANK, ACTION_DOC),
    TEXT_ROW("topic", topic, 0, TOPIC_DOC " Empty: none."),
    PARAM_END};

static const struct param remove_params[] = {{.name = "id",
                                              .kind = PARAM_I64,
                                              .offset = AT(id),
                                              .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                              .doc = "Number of the row."},
                                             PARAM_END};
#undef AT

static void create(struct http_request *request)
{
    admin_run(request, permission_create);
}

static void change(struct http_request *request)
{
    admin_run(request, permission_change);
}

static void remove_one(struct http_request *request)
{
    admin_run(request, permission_remove);
}

#define ROUTE                                                                                      \
    .path = "/api/v2/admin/permissions", .mode = HTTP_WORKER, .access = ACCESS_ADMIN,              \
    .class_name = "admin.permission", .subject = "Permission", .tag = "admin", .status = 200
const struct http_route admin_permission_routes[] = {
    {.method = "GET",
     ROUTE,
     .handler = list,
     .params = list_params,
     .params_size = sizeof(struct list_form),
     .reply = permission_fields,
     .reply_is_array = true,
     .action = "read",
     .doc = "The permission table."},
    {.method = "POST",
     ROUTE,
     .handler = create,
     .params = create_params,
     .params_size = sizeof(struct permission_draft),
     .action = "create",
     .doc = "Add a permission."},
    {.method = "PUT",
     ROUTE,
     .handler = change,
     .params = change_params,
     .params_size = sizeof(struct permission_draft),
     .action = "update",
     .doc = "Change a permission."},
    {.method = "DELETE",
     ROUTE,
     .handler = remove_one,
     .params = remove_params,
     .params_size = sizeof(struct permission_draft),
     .action = "destroy",
     .doc = "Remove a permission."},
    {.method = NULL}};
