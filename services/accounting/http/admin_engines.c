/* /admin/engines and /management/engines: who matches the markets. Keys and secrets are never
 * shown. */
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_admin.h"
#include "accounting/http/management_support.h"
#include "accounting/http/routes_admin.h"

struct engine_list_form {
    const char *name;
    struct paging paging;
    struct ordering ordering;
};

static const struct param list_params[] = {
    PAGING_ROWS("admin.pagination", struct engine_list_form, paging),
    ORDERING_ROWS("admin.pagination", struct engine_list_form, ordering, "desc", "id"), PARAM_END};

static const struct param management_list_params[] = {
    ROW_TEXT(MANAGEMENT, "name", offsetof(struct engine_list_form, name), "Its name."),
    MANAGEMENT_LIST_ROWS("management.pagination", struct engine_list_form, paging, ordering, "asc"),
    PARAM_END};

static void list(struct http_request *request)
{
    const struct engine_list_form *asked = http_params(request);
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    struct listing listing = listing_of(request, &asked->paging, &asked->ordering);
    bool ok = engine_list(db, asked->name, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    const struct engine_row *rows = listed.rows;
    struct engine_view *views = admin_alloc_or_reply(request, listed.count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < listed.count; i++)
        views[i] = engine_view_of(&rows[i]);
    paging_headers(request, &asked->paging, listed.total);
    http_reply_array(request, http_route_of(request)->reply, views, listed.count, sizeof(*views));
}

#define AT(member) offsetof(struct engine_draft, member)
static const struct param path_params[] = {ROW_ID_IN_PATH(AT(id), NULL), PARAM_END};

static void reply_engine(struct http_request *request, const struct engine_row *row)
{
    struct engine_view view = engine_view_of(row);
    http_reply_object(request, http_route_of(request)->reply, &view);
}

static void show(struct http_request *request)
{
    const struct engine_draft *path = http_params(request);
    struct engine_row row;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (engine_get(db, http_arena(request), path->id.value, &row, &err))
        reply_engine(request, &row);
    else
        http_reply_err(request, &err);
}

/* clang-format off */
#define SAVE_ROWS(X)                                                                               \
    ROW_TEXT(X, "uid", AT(uid), "Member in whose name it works."),                                 \
    ROW_TEXT(X, "key", AT(key), "API key there; never shown."),                                    \
    ROW_TEXT(X, "secret", AT(secret), "Secret of the key; never shown."),                          \
    {.name = "data", .kind = PARAM_JSON, .offset = AT(data), .check = check_json_object,           \
     .type_code = X##_TEXT("data", "is invalid"),                                                  \
     .value_code = X##_TEXT("data", "does not have a valid value"),                                \
     .doc = "Anything else, an object."}
/* clang-format on */

/* A name that is missing is not also a duplicate: conditional rows say one thing. */
static bool always(const void *params)
{
    (void)params;
    return true;
}

static const struct param create_params[] = {{.name = "name",
                                              .kind = PARAM_TEXT,
                                              .offset = AT(name),
                                              .required_if = always,
                                              .check = check_engine_name_free,
                                              .value_code = "admin.engine.duplicate_name",
                                              .doc = "Name."},
                                             {.name = "driver",
                                              .kind = PARAM_TEXT,
                                              .offset = AT(driver),
                                              .flags = PARAM_REQUIRED,
                                              .doc = "peatio: our own matching worker."},
                                             ROW_I64_RANGE(ADMIN, "engine", "state", AT(state), 0,
                                                           1, "non_integer_state", "invalid_state",
                                                           "1 online, 0 offline; 1 unless given."),
                                             SAVE_ROWS(ADMIN),
                                             PARAM_END};
static const struct param update_params[] = {
    ROW_ID(ADMIN, AT(id), NULL),
    ROW_TEXT(ADMIN, "name", AT(name), "Name."),
    ROW_TEXT(ADMIN, "driver", AT(driver), "Driver."),
    ROW_I64_RANGE(ADMIN, "engine", "state", AT(state), 0, 1, "non_integer_state", "invalid_state",
                  "1 online, 0 offline; unchanged unless given."),
    SAVE_ROWS(ADMIN),
    PARAM_END};

static const struct param management_create_params[] = {
    {.name = "name",
     .kind = PARAM_TEXT,
     .offset = AT(name),
     .required_if = always,
     .check = check_engine_name_free,
     .type_code = "name is invalid",
     .value_code = "name management.engine.duplicate_name",
     DEFAULT_TEXTS(MANAGEMENT, "name"),
     .doc = "Name."},
    ROW_TEXT_REQUIRED(MANAGEMENT, "driver", AT(driver), "peatio: our own matching worker."),
    {.name = "state",
     .kind = PARAM_I64,
     .offset = AT(state),
     .flags = PARAM_RANGE,
     .min = 0,
     .max = 1,
     .type_code = "state is invalid",
     .value_code = "state management.engine.invalid_state",
     .doc = "1 online, 0 offline."},
    ROW_TEXT(MANAGEMENT, "url", AT(url), "Where it is."),
    SAVE_ROWS(MANAGEMENT),
    PARAM_END};
static const struct param management_update_params[] = {
    ROW_ID(MANAGEMENT, AT(id), "id is invalid"),
    ROW_TEXT(MANAGEMENT, "name", AT(name), "Name."),
    ROW_TEXT(MANAGEMENT, "driver", AT(driver), "Driver."),
    {.name = "state",
     .kind = PARAM_I64,
     .offset = AT(state),
     .flags = PARAM_RANGE,
     .min = 0,
     .max = 1,
     .type_code = "state is invalid",
     .value_code = "state management.engine.invalid_state",
     .doc = "1 online, 0 offline."},
    ROW_TEXT(MANAGEMENT, "url", AT(url), "Where it is."),
    SAVE_ROWS(MANAGEMENT),
    PARAM_END};
#undef AT

static void save(struct http_request *request,
                 bool (*action)(const struct change *change, const struct engine_draft *draft,
                                struct engine_row *ret_row, struct err *err))
{
    struct engine_row row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    if (!action(&change, http_params(request), &row, &err)) {
        reply_refusal(request, &err);
        return;
    }
    request_renewed_catalog(request, change.db);
    reply_engine(request, &row);
}

static void create(struct http_request *request)
{
    save(request, engine_create);
}

static void update(struct http_request *request)
{
    save(request, engine_change);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.engine",                     \
    .subject = "Engine", .tag = "admin", .reply = engine_fields
const struct http_route admin_engine_routes[] = {{.method = "GET",
                                                  .path = "/api/v2/admin/engines",
                                                  ROUTE,
                                                  .handler = list,
                                                  .params = list_params,
                                                  .params_size = sizeof(struct engine_list_form),
                                                  .reply_is_array = true,
                                                  .action = "read",
                                                  .doc = "Engines."},
                                                 {.method = "GET",
                                                  .path = "/api/v2/admin/engines/:id",
                                                  ROUTE,
                                                  .handler = show,
                                                  .params = path_params,
                                                  .params_size = sizeof(struct engine_draft),
                                                  .action = "read",
                                                  .doc = "One engine."},
                                                 {.method = "POST",
                                                  .path = "/api/v2/admin/engines/new",
                                                  ROUTE,
                                                  .handler = create,
                                                  .params = create_params,
                                                  .params_size = sizeof(struct engine_draft),
                                                  .action = "create",
                                                  .doc = "Add an engine."},
                                                 {.method = "POST",
                                                  .path = "/api/v2/admin/engines/update",
                                                  ROUTE,
                                                  .handler = update,
                                                  .params = update_params,
                                                  .params_size = sizeof(struct engine_draft),
                                                  .action = "update",
                                                  .doc = "Change an engine."},
                                                 {.method = NULL}};

#undef ROUTE
#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_MANAGEMENT, .tag = "management",                         \
    .class_name = "management.engine", .reply = management_engine_fields
const struct http_route management_engine_routes[] = {
    {.method = "POST",
     .path = "/api/v2/management/engines/get",
     ROUTE,
     .handler = list,
     .params = management_list_params,
     .params_size = sizeof(struct engine_list_form),
     .reply_is_array = true,
     .subject = "read_engines",
     .doc = "Engines."},
    {.method = "POST",
     .path = "/api/v2/management/engines/new",
     ROUTE,
     .handler = create,
     .params = management_create_params,
     .params_size = sizeof(struct engine_draft),
     .subject = "write_engines",
     .doc = "Add an engine."},
    {.method = "POST",
     .path = "/api/v2/management/engines/update",
     ROUTE,
     .handler = update,
     .params = management_update_params,
     .params_size = sizeof(struct engine_draft),
     .subject = "write_engines",
     .doc = "Change an engine."},
    {.method = NULL}};
