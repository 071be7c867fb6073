/* /admin/activities: the log: of users, and of those who run the platform. */
#include "auth/http/context.h"
#include "auth/http/list_support.h"
#include "auth/http/routes_admin.h"
#include "auth/http/user_view.h"
#include "auth/store/activities_list.h"

struct activity_view {
    const char *user_ip, *user_ip_country, *user_agent, *topic, *action, *result, *data;
    int64_t created_at;
    struct user_view user;
    const struct user_view *target;
};

#define AT(member) offsetof(struct activity_view, member)
/* clang-format off */
#define ACTIVITY_ROWS                                                                              \
    {"user_ip", JSON_TEXT, AT(user_ip), .doc = "Address of the client."},                          \
    {"user_ip_country", JSON_TEXT, AT(user_ip_country), .doc = "Where that is."},                  \
    {"user_agent", JSON_TEXT, AT(user_agent), .doc = "Browser, as it calls itself."},              \
    {"topic", JSON_TEXT, AT(topic), .doc = "What it was about."},                                  \
    {"action", JSON_TEXT, AT(action), .doc = "What was done."},                                    \
    {"result", JSON_TEXT, AT(result), .doc = "succeed, failed, denied."},                          \
    {"data", JSON_TEXT, AT(data),                                                                  \
     .doc = "JSON text: a reason; parameters; the thing before and after."},                       \
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When."}
/* clang-format on */

static const struct json_field user_activity_fields[] = {
    ACTIVITY_ROWS,
    {"user", JSON_OBJECT, AT(user), .sub = user_fields, .doc = "Who."},
    {NULL},
};
static const struct json_field admin_activity_fields[] = {
    ACTIVITY_ROWS,
    {"admin", JSON_OBJECT, AT(user), .sub = user_fields, .doc = "Who."},
    {"target", JSON_OBJECT_REF, AT(target), .sub = user_fields, .doc = "To whom; null: nobody."},
    {NULL},
};
#undef AT

struct list_form {
    const char *topic, *action, *uid, *email, *target_uid, *range;
    struct param_i64 from, to;
    struct paging paging;
};

#define AT(member) offsetof(struct list_form, member)
/* clang-format off */
#define TEXT_ROW(name_, member_, doc_)                                                             \
    {.name = name_, .kind = PARAM_TEXT, .offset = AT(member_),                                     \
     .type_code = "admin.activity.non_string_" name_, .doc = doc_}
#define FILTER_ROWS                                                                                \
    TEXT_ROW("topic", topic, "Topic."),                                                            \
    TEXT_ROW("action", action, "Action."),                                                         \
    TEXT_ROW("uid", uid, "UID of who did it."),                                                    \
    TEXT_ROW("email", email, "E-mail address of who did it."),                                     \
    {.name = "from", .kind = PARAM_I64, .offset = AT(from),                                        \
     .doc = "Unix seconds: rows of this second and later."},                                       \
    {.name = "to", .kind = PARAM_I64, .offset = AT(to),                                            \
     .doc = "Unix seconds: rows of this second and earlier."},                                     \
    PAGING_ROWS_BARE(struct list_form, paging)
/* clang-format on */

static const struct param user_params[] = {FILTER_ROWS, PARAM_END};
static const struct param admin_params[] = {FILTER_ROWS,
                                            TEXT_ROW("target_uid", target_uid, "UID of to whom."),
                                            {.name = "range",
                                             .kind = PARAM_TEXT,
                                             .offset = AT(range),
                                             .values = "created",
                                             .value_code = "admin.activity.invalid_range",
                                             .doc = "created: rows have no other time."},
                                            PARAM_END};
#undef AT

static struct activity_view view_of(const struct activity_row *row, struct user_view *target)
{
    if (row->target)
        *target = user_view_of(row->target);
    return (struct activity_view){.user_ip = row->user_ip,
                                  .user_ip_country = row->user_ip_country,
                                  .user_agent = row->user_agent,
                                  .topic = row->topic,
                                  .action = row->action,
                                  .result = row->result,
                                  .data = row->data,
                                  .created_at = row->created_at,
                                  .user = user_view_of(&row->user),
                                  .target = row->target ? target : NULL};
}

static void reply_list(struct http_request *request, bool by_admins,
                       const struct json_field *fields)
{
    const struct list_form *asked = http_params(request);
    struct activities_filter filter = {.by_admins = by_admins,
                                       .topic = asked->topic,
                                       .action = asked->action,
                                       .uid = asked->uid,
                                       .email = asked->email,
                                       .target_uid = asked->target_uid,
                                       .from = asked->from,
                                       .to = asked->to};
    struct listing listing = request_page(request, &asked->paging);
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!activities_list(db, &filter, &listing, &listed, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct activity_view *views = request_room(request, listed.count, sizeof(*views));
    struct user_view *targets =
        views ? request_room(request, listed.count, sizeof(*targets)) : NULL;
    if (!views || !targets)
        return;
    const struct activity_row *rows = listed.rows;
    for (size_t i = 0; i < listed.count; i++)
        views[i] = view_of(&rows[i], &targets[i]);
    reply_page(request, &asked->paging, listed.total, fields, views, listed.count, sizeof(*views));
}

static void list_of_users(struct http_request *request)
{
    reply_list(request, false, user_activity_fields);
}

static void list_of_admins(struct http_request *request)
{
    reply_list(request, true, admin_activity_fields);
}

#define ROUTE                                                                                      \
    .method = "GET", .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.activity",  \
    .subject = "Activity", .action = "read", .tag = "admin", .reply_is_array = true,               \
    .params_size = sizeof(struct list_form)
const struct http_route admin_activity_routes[] = {
    {ROUTE, .path = "/api/v2/admin/activities", .handler = list_of_users, .params = user_params,
     .reply = user_activity_fields, .doc = "What users did; the latest comes first."},
    {ROUTE, .path = "/api/v2/admin/activities/admin", .handler = list_of_admins,
     .params = admin_params, .reply = admin_activity_fields,
     .doc = "What administrators did and to whom; the latest comes first."},
    {.method = NULL}};
