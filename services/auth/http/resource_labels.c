/* /resource/labels: my labels. All are shown, the public ones are mine to change (reference barong.md
 * §1.3). */
#include <string.h>

#include "auth/actions/label_own.h"
#include "auth/http/context.h"
#include "auth/http/resource_support.h"
#include "auth/http/routes_resource.h"
#include "auth/http/user_view.h"
#include "auth/store/labels.h"

/* ---- GET ---- */

struct list_form {
    const char *ordering;
};
static const struct param list_params[] = {{.name = "ordering",
                                            .kind = PARAM_TEXT,
                                            .offset = offsetof(struct list_form, ordering),
                                            .fallback = "asc",
                                            .values = "asc desc",
                                            .doc = "By the time of creation."},
                                           PARAM_END};

static void list(struct http_request *request)
{
    const struct list_form *form = http_params(request);
    struct call call;
    struct user user;
    struct label *labels;
    size_t count;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    if (!labels_of_user(call.db, call.arena, user.id, &labels, &count, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct label_view *views = arena_alloc(call.arena, (count + 1) * sizeof(*views));
    if (!views) {
        reply_no_memory(request);
        return;
    }
    bool descending = strcmp(form->ordering, "desc") == 0;
    for (size_t i = 0; i < count; i++)
        views[descending ? count - 1 - i : i] = label_view_of(&labels[i]);
    http_reply_array(request, label_fields, views, count, sizeof(*views));
}

struct label_form {
    const char *key, *value;
};
#define AT(member) offsetof(struct label_form, member)
#define KEY_IN_PATH                                                                                \
    {                                                                                              \
        .name = "key", .kind = PARAM_TEXT, .offset = AT(key), .flags = PARAM_IN_PATH,              \
        .doc = "Key of the label."                                                                 \
    }
#define VALUE                                                                                      \
    {                                                                                              \
        .name = "value", .kind = PARAM_TEXT, .offset = AT(value),                                  \
        .flags = PARAM_REQUIRED | PARAM_NOT_BLANK, .doc = "3 to 255 of a-z, 0-9, - and _."         \
    }
static const struct param path_params[] = {KEY_IN_PATH, PARAM_END};
static const struct param change_params[] = {KEY_IN_PATH, VALUE, PARAM_END};
static const struct param create_params[] = {{.name = "key",
                                              .kind = PARAM_TEXT,
                                              .offset = AT(key),
                                              .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                              .doc = "3 to 255 of a-z, 0-9, - and _."},
                                             VALUE,
                                             PARAM_END};
#undef AT

static void reply_label(struct http_request *request, const struct label *label)
{
    struct label_view view = label_view_of(label);
    http_reply_object(request, label_fields, &view);
}

static void show(struct http_request *request)
{
    const struct label_form *form = http_params(request);
    struct call call;
    struct user user;
    struct label label;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    if (label_own_find(&call, &user, form->key, &label, &err))
        reply_label(request, &label);
    else
        http_reply_err(request, &err);
}

/* ---- POST, PATCH, DELETE ---- */

static void save(struct http_request *request,
                 bool (*action)(struct call *call, const struct user *user, const char *key,
                                const char *value, struct mistakes *mistakes,
                                struct label *ret_label, struct err *err))
{
    const struct label_form *form = http_params(request);
    struct call call;
    struct user user;
    struct mistakes mistakes = {.count = 0};
    struct label label;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    bool done = action(&call, &user, form->key, form->value, &mistakes, &label, &err);
    if (reply_unless(request, done, &mistakes, &err))
        reply_label(request, &label);
}

static void create(struct http_request *request)
{
    save(request, label_own_add);
}

static void change(struct http_request *request)
{
    save(request, label_own_change);
}

static void remove_label(struct http_request *request)
{
    const struct label_form *form = http_params(request);
    struct call call;
    struct user user;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    if (label_own_remove(&call, &user, form->key, &err))
        http_reply_empty(request, 204);
    else
        http_reply_err(request, &err);
}

#define ROUTE(method_, path_, handler_)                                                            \
    .method = (method_), .path = "/api/v2/resource/labels" path_, .handler = (handler_),           \
    .mode = HTTP_WORKER, .access = ACCESS_USER, .class_name = "resource.label", .tag = "resource", \
    .reply = label_fields
#define FORM(rows) .params = (rows), .params_size = sizeof(struct label_form)

const struct http_route resource_label_routes[] = {
    {ROUTE("GET", "", list), .params = list_params, .params_size = sizeof(struct list_form),
     .reply_is_array = true, .doc = "My labels, public and private."},
    {ROUTE("GET", "/:key", show), FORM(path_params), .doc = "One of my labels."},
    {ROUTE("POST", "", create), FORM(create_params), .doc = "Add a public label."},
    {ROUTE("PATCH", "/:key", change), FORM(change_params), .doc = "Change a public label."},
    {ROUTE("DELETE", "/:key", remove_label), FORM(path_params), .status = 204,
     .doc = "Remove a public label."},
    {.method = NULL}};
