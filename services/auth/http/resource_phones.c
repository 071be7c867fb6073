/* /resource/phones: my telephone numbers, and the codes that prove them (reference barong.md §1.3). */
#include <string.h>

#include "auth/actions/phone_prove.h"
#include "auth/http/context.h"
#include "auth/http/person_view.h"
#include "auth/http/resource_support.h"
#include "auth/http/routes_resource.h"
#include "auth/http/user_view.h"
#include "auth/store/phones.h"

static void list(struct http_request *request)
{
    struct call call;
    struct user user;
    struct phone *phones;
    size_t count;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    if (!phones_of_user(call.db, call.app->secrets, call.arena, user.id, &phones, &count, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct phone_view *views = phone_views(&call, phones, count, view_is_masked(&call));
    if (views)
        http_reply_array(request, phone_fields, views, count, sizeof(*views));
    else
        reply_no_memory(request);
}

struct phone_form {
    const char *number, *channel, *code;
};
#define AT(member) offsetof(struct phone_form, member)
#define NUMBER_ROW                                                                                 \
    {                                                                                              \
        .name = "phone_number", .kind = PARAM_TEXT, .offset = AT(number),                          \
        .flags = PARAM_REQUIRED | PARAM_NOT_BLANK, .doc = "International number."                  \
    }
static const struct param send_params[] = {NUMBER_ROW,
                                           {.name = "channel",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(channel),
                                            .fallback = "sms",
                                            .values = "sms call",
                                            .value_code = "resource.phone.invalid_channel",
                                            .doc = "A message, or a call."},
                                           PARAM_END};
static const struct param verify_params[] = {NUMBER_ROW,
                                             {.name = "verification_code",
                                              .kind = PARAM_TEXT,
                                              .offset = AT(code),
                                              .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                              .doc = "The code that was sent."},
                                             PARAM_END};
#undef AT

struct message_view {
    const char *message;
};
static const struct json_field message_fields[] = {
    {"message", JSON_TEXT, offsetof(struct message_view, message), .doc = "What was done."},
    {NULL}};

static void send(struct http_request *request,
                 bool (*action)(struct call *call, const struct user *user, const char *number,
                                enum sms_channel channel, struct err *err))
{
    const struct phone_form *form = http_params(request);
    bool is_call = strcmp(form->channel, "call") == 0;
    struct call call;
    struct user user;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    if (!action(&call, &user, form->number, is_call ? SMS_CHANNEL_CALL : SMS_CHANNEL_SMS, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct message_view view = {is_call ? "Code was sent successfully via call"
                                              : "Code was sent successfully via sms"};
    http_reply_object(request, message_fields, &view);
}

static void add(struct http_request *request)
{
    send(request, phone_add);
}

static void send_code(struct http_request *request)
{
    send(request, phone_send_code);
}

static void verify(struct http_request *request)
{
    const struct phone_form *form = http_params(request);
    struct call call;
    struct user user;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    if (phone_verify(&call, &user, form->number, form->code, &err))
        reply_user_full(request, &call, &user, NULL, 201);
    else
        http_reply_err(request, &err);
}

#define ROUTE(method_, path_, handler_)                                                            \
    .method = (method_), .path = "/api/v2/resource/phones" path_, .handler = (handler_),           \
    .mode = HTTP_WORKER, .access = ACCESS_USER, .class_name = "resource.phone", .tag = "resource"
#define FORM(rows) .params = (rows), .params_size = sizeof(struct phone_form)

const struct http_route resource_phone_routes[] = {
    {ROUTE("GET", "", list), .reply = phone_fields, .reply_is_array = true, .doc = "My phones."},
    {ROUTE("POST", "", add), FORM(send_params), .reply = message_fields,
     .doc = "Add a phone: a code is sent to it."},
    {ROUTE("POST", "/send_code", send_code), FORM(send_params), .reply = message_fields,
     .doc = "Send another code."},
    {ROUTE("POST", "/verify", verify), FORM(verify_params), .reply = user_full_fields,
     .doc = "Prove a phone by its code."},
    {.method = NULL}};
