/* /admin/users/labels: the words that make levels and states. */
#include "auth/actions/admin_label.h"
#include "auth/http/context.h"
#include "auth/http/list_support.h"
#include "auth/http/routes_admin.h"

struct label_form {
    const char *uid, *key, *value, *scope, *description;
    struct param_bool replace;
};

#define AT(member) offsetof(struct label_form, member)
/* clang-format off */
#define TEXT_ROW(name_, member_, flags_, doc_)                                                     \
    {.name = name_, .kind = PARAM_TEXT, .offset = AT(member_), .flags = flags_, .doc = doc_}
#define NEEDED (PARAM_REQUIRED | PARAM_NOT_BLANK)
#define UID_ROW TEXT_ROW("uid", uid, NEEDED, "UID of the user.")
#define KEY_ROW TEXT_ROW("key", key, NEEDED, "Key: 3 to 255 letters, digits, '-', '_'.")
#define VALUE_ROW TEXT_ROW("value", value, NEEDED, "Value, of the same characters.")
#define SCOPE_ROW(flags_, fallback_)                                                               \
    {.name = "scope", .kind = PARAM_TEXT, .offset = AT(scope), .flags = flags_,                    \
     .fallback = fallback_, .values = "public private",                                            \
     .doc = "private: counts for level and state; public: does not."}
/* clang-format on */

static const struct param add_params[] = {
    UID_ROW,
    KEY_ROW,
    VALUE_ROW,
    TEXT_ROW("description", description, PARAM_NOT_BLANK, "Why."),
    SCOPE_ROW(PARAM_NOT_BLANK, "public"),
    PARAM_END};

static const struct param set_params[] = {
    UID_ROW,
    KEY_ROW,
    SCOPE_ROW(NEEDED, NULL),
    VALUE_ROW,
    TEXT_ROW("description", description, PARAM_NOT_BLANK, "Why. None removes the former one."),
    {.name = "replace",
     .kind = PARAM_BOOL,
     .offset = AT(replace),
     .fallback = "true",
     .type_code = "admin.user.non_boolean_replace",
     .doc = "Make the label if it is not there."},
    PARAM_END};

static const struct param change_params[] = {
    UID_ROW,
    KEY_ROW,
    SCOPE_ROW(NEEDED, NULL),
    VALUE_ROW,
    TEXT_ROW("description", description, 0, "Why. None removes the former one."),
    PARAM_END};

static const struct param remove_params[] = {UID_ROW, KEY_ROW, SCOPE_ROW(NEEDED, NULL), PARAM_END};
#undef AT

static void run(struct http_request *request, bool may_create,
                bool (*action)(struct call *call, const struct user *admin,
                               const struct admin_label_draft *draft, struct err *err))
{
    const struct label_form *asked = http_params(request);
    struct admin_label_draft draft = {
        .uid = asked->uid,
        .label = {.key = asked->key, .value = asked->value, .description = asked->description},
        .may_create = may_create};
    struct mistakes mistakes = {.count = 0};
    struct call call;
    struct err err;
    bool known = label_scope_parse(asked->scope, &draft.label.scope);
    assert(known); /* the row lists the words */
    if (!request_call(request, &call))
        return;
    draft.label.mistakes = &mistakes;
    bool ok = action(&call, request_user(request), &draft, &err);
    if (mistakes.count > 0)
        http_reply_codes(request, mistakes.codes, mistakes.count);
    else
        reply_done(request, ok, 200, &err);
}

static void add(struct http_request *request)
{
    run(request, false, admin_label_add);
}

static void set(struct http_request *request)
{
    const struct label_form *asked = http_params(request);
    run(request, asked->replace.value, admin_label_change);
}

static void change(struct http_request *request)
{
    run(request, false, admin_label_change);
}

static void remove_one(struct http_request *request)
{
    run(request, false, admin_label_remove);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.user", .subject = "Label",   \
    .tag = "admin", .status = 200, .params_size = sizeof(struct label_form)
const struct http_route admin_label_routes[] = {
    {.method = "POST",
     .path = "/api/v2/admin/users/labels",
     ROUTE,
     .handler = add,
     .params = add_params,
     .action = "create",
     .doc = "Add a label to a user."},
    {.method = "POST",
     .path = "/api/v2/admin/users/labels/update",
     ROUTE,
     .handler = set,
     .params = set_params,
     .action = "update",
     .doc = "Change a label of a user, or add it if it is not there."},
    {.method = "PUT",
     .path = "/api/v2/admin/users/labels",
     ROUTE,
     .handler = change,
     .params = change_params,
     .action = "update",
     .doc = "Change a label of a user."},
    {.method = "DELETE",
     .path = "/api/v2/admin/users/labels",
     ROUTE,
     .handler = remove_one,
     .params = remove_params,
     .action = "destroy",
     .doc = "Remove a label of a user."},
    {.method = NULL}};
