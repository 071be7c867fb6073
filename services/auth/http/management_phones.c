/* /management/phones: telephone numbers of users, clear, for other servers. */
#include "auth/actions/managed_phone.h"
#include "auth/http/management_support.h"
#include "auth/http/person_view.h"
#include "auth/http/resource_support.h"
#include "auth/store/phones.h"
#include "auth/store/users.h"

struct phone_form {
    const char *uid, *number;
};

#define AT(member) offsetof(struct phone_form, member)
#define UID_ROW                                                                                    \
    {                                                                                              \
        M_ROW("uid", PARAM_TEXT, AT(uid), M_NEEDED), .doc = "UID of the user."                     \
    }
static const struct param get_params[] = {UID_ROW, PARAM_END};
static const struct param number_params[] = {
    UID_ROW,
    {M_ROW("number", PARAM_TEXT, AT(number), M_NEEDED), .doc = "International number."},
    PARAM_END};
#undef AT

static bool begin(struct http_request *request, struct call *ret_call, struct user *ret_user)
{
    const struct phone_form *asked = http_params(request);
    struct err err;
    if (!request_call(request, ret_call))
        return false;
    if (users_by_uid(ret_call->db, NULL, asked->uid, ret_user, &err))
        return true;
    if (err.code == ERR_NOT_FOUND)
        reply_sentence(request, "user.doesnt_exist");
    else
        http_reply_err(request, &err);
    return false;
}

static void get(struct http_request *request)
{
    struct phone *phones;
    size_t count;
    struct call call;
    struct user user;
    struct err err;
    if (!begin(request, &call, &user))
        return;
    if (!phones_of_user(call.db, call.app->secrets, call.arena, user.id, &phones, &count, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct phone_view *views = phone_views(&call, phones, count, false);
    if (views)
        http_reply_array(request, phone_fields, views, count, sizeof(*views));
    else
        reply_no_memory(request);
}

static void reply_phone(struct http_request *request, struct call *call, const struct phone *phone)
{
    struct phone_view *view = phone_views(call, phone, 1, false);
    if (view)
        http_reply_object(request, phone_fields, view);
    else
        reply_no_memory(request);
}

static void create(struct http_request *request)
{
    const struct phone_form *asked = http_params(request);
    struct phone phone;
    struct call call;
    struct user user;
    struct err err;
    if (!begin(request, &call, &user))
        return;
    if (managed_phone_create(&call, &user, asked->number, &phone, &err))
        reply_phone(request, &call, &phone);
    else
        http_reply_err(request, &err);
}

static void remove_one(struct http_request *request)
{
    const struct phone_form *asked = http_params(request);
    struct phone phone;
    struct call call;
    struct user user;
    struct err err;
    if (!begin(request, &call, &user))
        return;
    if (managed_phone_remove(&call, &user, asked->number, &phone, &err))
        reply_phone(request, &call, &phone);
    else if (err.code == ERR_NOT_FOUND)
        reply_sentence(request, "management.phone.doesnt_exists");
    else
        http_reply_err(request, &err);
}

#define ROUTE(path_, handler_, rows)                                                               \
    .method = "POST", .path = "/api/v2/management/phones" path_, .mode = HTTP_WORKER,              \
    .handler = (handler_), .params = (rows), .params_size = sizeof(struct phone_form),             \
    .access = ACCESS_MANAGEMENT, .class_name = "management.phone", .tag = "management",            \
    .reply = phone_fields, .status = 201
const struct http_route management_phone_routes[] = {
    {ROUTE("/get", get, get_params), .reply_is_array = true, .subject = "read_phones",
     .doc = "The telephone numbers of a user."},
    {ROUTE("", create, number_params), .subject = "write_phones",
     .doc = "Add a number; it is verified."},
    {ROUTE("/delete", remove_one, number_params), .subject = "write_phones",
     .doc = "Remove a number."},
    {.method = NULL}};
