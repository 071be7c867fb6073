/* POST /resource/data_storage: something that the front end keeps with me (reference barong.md §1.3). */
#include "auth/actions/data_store.h"
#include "auth/http/context.h"
#include "auth/http/resource_support.h"
#include "auth/http/routes_resource.h"

struct storage_form {
    const char *title, *data;
};
#define AT(member) offsetof(struct storage_form, member)
static const struct param store_params[] = {{.name = "title",
                                             .kind = PARAM_TEXT,
                                             .offset = AT(title),
                                             .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                             .doc = "One of the titles that the platform knows."},
                                            {.name = "data",
                                             .kind = PARAM_TEXT,
                                             .offset = AT(data),
                                             .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                             .doc = "JSON text, at most 5120 bytes."},
                                            PARAM_END};
#undef AT

static void store(struct http_request *request)
{
    const struct storage_form *form = http_params(request);
    struct mistakes mistakes = {.count = 0};
    struct call call;
    struct user user;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    bool done = data_store(&call, user.id, form->title, form->data, &mistakes, &err);
    if (reply_unless(request, done, &mistakes, &err))
        reply_number(request, 201, 201);
}

const struct http_route resource_storage_routes[] = {
    {.method = "POST",
     .path = "/api/v2/resource/data_storage",
     .mode = HTTP_WORKER,
     .handler = store,
     .params = store_params,
     .params_size = sizeof(struct storage_form),
     .access = ACCESS_USER,
     .class_name = "resource.datastorage",
     .tag = "resource",
     .doc = "Keep something with me, once for each title."},
    {.method = NULL}};
