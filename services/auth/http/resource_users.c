/* /resource/users: who I am, what I did, my password, and leaving (reference barong.md §1.3). */
#include <string.h>

#include "auth/actions/session.h"
#include "auth/actions/user_own.h"
#include "auth/http/context.h"
#include "auth/http/resource_support.h"
#include "auth/http/routes_resource.h"
#include "auth/http/user_view.h"
#include "auth/state/config.h"
#include "auth/store/activities_list.h"
#include "base/auto.h"

static void show(struct http_request *request)
{
    struct call call;
    struct user user;
    if (resource_call(request, &call, &user))
        reply_user_full(request, &call, &user, NULL, 200);
}

/* ---- PUT /users/me ---- */

struct data_form {
    const char *data;
};
static const struct param data_params[] = {{.name = "data",
                                            .kind = PARAM_TEXT,
                                            .offset = offsetof(struct data_form, data),
                                            .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                            .doc = "JSON text of the front end's own."},
                                           PARAM_END};

static void set_data(struct http_request *request)
{
    const struct data_form *form = http_params(request);
    struct call call;
    struct user user;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    if (user_set_data(&call, &user, form->data, &err))
        reply_user_full(request, &call, &user, NULL, 200);
    else
        http_reply_err(request, &err);
}

/* ---- PUT /users/password ---- */

#define AT(member) offsetof(struct password_change, member)
#define PASSWORD_ROW(field, doc_)                                                                  \
    {                                                                                              \
        .name = #field, .kind = PARAM_TEXT, .offset = AT(field),                                   \
        .flags = PARAM_REQUIRED | PARAM_NOT_BLANK, .doc = (doc_)                                   \
    }
static const struct param password_params[] = {
    PASSWORD_ROW(old_password, "The password as it is."),
    PASSWORD_ROW(new_password, "The password as it shall be."),
    PASSWORD_ROW(confirm_password, "The new one again."), PARAM_END};
#undef AT

static void change_password(struct http_request *request)
{
    const char *cookie = http_cookie(request, request_app(request)->config->session_name);
    uint8_t id[SESSION_ID_SIZE] = {0};
    struct call call;
    struct user user;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    if (cookie)
        session_id_of(cookie, id);
    if (user_change_password(&call, &user, http_params(request), cookie ? id : NULL, &err))
        reply_number(request, 201, 201);
    else
        http_reply_err(request, &err);
}

/* ---- DELETE /users/me ---- */

#define AT(member) offsetof(struct user_leave, member)
static const struct param leave_params[] = {{.name = "password",
                                             .kind = PARAM_TEXT,
                                             .offset = AT(password),
                                             .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                             .doc = "The user's password."},
                                            {.name = "otp_code",
                                             .kind = PARAM_TEXT,
                                             .offset = AT(otp_code),
                                             .doc = "Code of the second factor, if there is one."},
                                            PARAM_END};
#undef AT

static void leave(struct http_request *request)
{
    struct call call;
    struct user user;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    if (user_delete(&call, &user, http_params(request), &err))
        reply_number(request, 200, 200);
    else
        http_reply_err(request, &err);
}

/* ---- GET /users/activity/:topic ---- */

struct activity_form {
    const char *topic, *result;
    struct param_i64 time_from, time_to;
    struct paging paging;
};

#define AT(member) offsetof(struct activity_form, member)
static const struct param activity_params[] = {{.name = "topic",
                                                .kind = PARAM_TEXT,
                                                .offset = AT(topic),
                                                .flags = PARAM_IN_PATH,
                                                .values = "all session otp password account",
                                                .value_code = "resource.user.wrong_topic",
                                                .doc = "What it was about; or all."},
                                               {.name = "time_from",
                                                .kind = PARAM_I64,
                                                .offset = AT(time_from),
                                                .flags = PARAM_NOT_BLANK,
                                                .type_code = "resource.user.non_integer_time_from",
                                                .doc = "Unix seconds: from then on."},
                                               {.name = "time_to",
                                                .kind = PARAM_I64,
                                                .offset = AT(time_to),
                                                .flags = PARAM_NOT_BLANK,
                                                .type_code = "resource.user.non_integer_time_to",
                                                .doc = "Unix seconds: before then."},
                                               {.name = "result",
                                                .kind = PARAM_TEXT,
                                                .offset = AT(result),
                                                .flags = PARAM_NOT_BLANK,
                                                .type_code = "resource.user.non_string_result",
                                                .doc = "succeed, failed or denied."},
                                               PAGING_ROWS_BARE(struct activity_form, paging),
                                               PARAM_END};
#undef AT

#define AT(member) offsetof(struct activity_row, member)
static const struct json_field activity_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Number of the row."},
    {"user_ip", JSON_TEXT, AT(user_ip), .doc = "From where."},
    {"user_ip_country", JSON_TEXT, AT(user_ip_country), .doc = "Country of the address."},
    {"user_agent", JSON_TEXT, AT(user_agent), .doc = "With which browser."},
    {"topic", JSON_TEXT, AT(topic), .doc = "session, otp, password or account."},
    {"action", JSON_TEXT, AT(action), .doc = "What was done."},
    {"result", JSON_TEXT, AT(result), .doc = "succeed, failed or denied."},
    {"data", JSON_TEXT, AT(data), .doc = "JSON text, or null."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When."},
    {NULL},
};
#undef AT

static void list_activities(struct http_request *request)
{
    const struct activity_form *form = http_params(request);
    struct call call;
    struct user user;
    struct listed listed;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    struct activities_filter filter = {.topic =
                                           strcmp(form->topic, "all") != 0 ? form->topic : NULL,
                                       .result = form->result,
                                       .uid = user.uid,
                                       .from = form->time_from,
                                       .to = form->time_to};
    if (filter.to.given && filter.to.value > INT64_MIN)
        filter.to.value--; /* the filter includes its end, the contract does not */
    struct listing listing = {.arena = call.arena,
                              .limit = paging_limit(&form->paging),
                              .offset = paging_offset(&form->paging)};
    bool found = activities_list(call.db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (found && listed.count == 0)
        found = err_set_key(&err, ERR_INVALID, "resource.user.no_activity", "no activity");
    if (!found) {
        http_reply_err(request, &err);
        return;
    }
    resource_paging(request, &form->paging, listed.total);
    http_reply_array(request, activity_fields, listed.rows, listed.count,
                     sizeof(struct activity_row));
}

#define ROUTE(method_, path_, handler_)                                                            \
    .method = (method_), .path = "/api/v2/resource/users/" path_, .handler = (handler_),           \
    .access = ACCESS_USER, .class_name = "resource.user", .tag = "resource"

#define FORM(rows, type) .params = (rows), .params_size = sizeof(type)

const struct http_route resource_user_routes[] = {
    {ROUTE("GET", "me", show), .mode = HTTP_WORKER, .reply = user_full_fields, .doc = "Who I am."},
    {ROUTE("PUT", "me", set_data), .mode = HTTP_WORKER, FORM(data_params, struct data_form),
     .reply = user_full_fields, .doc = "Keep a text of the front end's own."},
    {ROUTE("DELETE", "me", leave), .mode = HTTP_HEAVY, FORM(leave_params, struct user_leave),
     .doc = "Leave the platform."},
    {ROUTE("PUT", "password", change_password), .mode = HTTP_HEAVY,
     FORM(password_params, struct password_change), .status = 201, .doc = "Change my password."},
    {ROUTE("GET", "activity/:topic", list_activities), .mode = HTTP_WORKER,
     FORM(activity_params, struct activity_form), .reply = activity_fields, .reply_is_array = true,
     .doc = "What I did, newest first."},
    {.method = NULL}};
