/* /resource/profiles: who I say to be (reference barong.md §1.3). */
#include "auth/actions/profile_save.h"
#include "auth/domain/calendar.h"
#include "auth/http/context.h"
#include "auth/http/person_view.h"
#include "auth/http/profile_params.h"
#include "auth/http/resource_support.h"
#include "auth/http/routes_resource.h"
#include "auth/store/profiles.h"

#include <string.h>

bool check_date(struct http_request *request, const char *text)
{
    char date[DATE_SIZE];
    (void)request;
    return text[strspn(text, " \t\r\n")] == '\0' || date_parse(text, date);
}

static void list(struct http_request *request)
{
    struct call call;
    struct user user;
    struct profile *profiles;
    size_t count;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    if (!profiles_of_user(call.db, call.app->secrets, call.arena, user.id, &profiles, &count,
                          &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct profile_view *views = profile_views(&call, profiles, count, view_is_masked(&call));
    if (views)
        http_reply_array(request, profile_fields, views, count, sizeof(*views));
    else
        reply_no_memory(request);
}

struct profile_form {
    struct profile_draft draft;
    struct param_bool confirm;
};
static const struct param save_params[] = {PROFILE_ROWS(struct profile_form, draft),
                                           {.name = "confirm",
                                            .kind = PARAM_BOOL,
                                            .offset = offsetof(struct profile_form, confirm),
                                            .fallback = "false",
                                            .doc = "Submits it: from then on it can't be changed."},
                                           PARAM_END};

static void save(struct http_request *request,
                 bool (*action)(struct call *call, uint64_t user_id,
                                const struct profile_filing *filing, struct mistakes *mistakes,
                                struct profile *ret_profile, struct err *err))
{
    const struct profile_form *form = http_params(request);
    const struct profile_filing filing = {
        .draft = form->draft, .state = form->confirm.value ? PROFILE_SUBMITTED : PROFILE_DRAFTED};
    struct mistakes mistakes = {.count = 0};
    struct call call;
    struct user user;
    struct profile profile;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    bool done = action(&call, user.id, &filing, &mistakes, &profile, &err);
    if (!reply_unless(request, done, &mistakes, &err))
        return;
    struct profile_view *view = profile_views(&call, &profile, 1, view_is_masked(&call));
    if (view)
        http_reply_object(request, profile_fields, view);
    else
        reply_no_memory(request);
}

static void create(struct http_request *request)
{
    save(request, profile_create);
}

static void change(struct http_request *request)
{
    save(request, profile_change);
}

#define ROUTE(method_, path_, handler_)                                                            \
    .method = (method_), .path = "/api/v2/resource/profiles" path_, .handler = (handler_),         \
    .mode = HTTP_WORKER, .access = ACCESS_USER, .class_name = "resource.profile",                  \
    .tag = "resource", .reply = profile_fields
#define FORM .params = save_params, .params_size = sizeof(struct profile_form)

const struct http_route resource_profile_routes[] = {
    {ROUTE("GET", "/me", list), .reply_is_array = true, .doc = "My profiles."},
    {ROUTE("POST", "", create), FORM, .doc = "File a profile."},
    {ROUTE("PUT", "", change), FORM, .doc = "Change the drafted profile."},
    {.method = NULL}};
