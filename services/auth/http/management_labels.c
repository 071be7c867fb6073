/* /management/labels: private labels of users, for other servers. */
#include "auth/actions/managed_label.h"
#include "auth/http/admin_user_view.h"
#include "auth/http/management_support.h"
#include "auth/http/user_view.h"
#include "auth/store/labels.h"
#include "auth/store/users.h"
#include "auth/store/users_list.h"

#include <string.h>

struct label_form {
    const char *user_uid, *key, *value, *description;
    struct param_bool replace;
};

#define AT(member) offsetof(struct label_form, member)
#define UID_ROW                                                                                    \
    {                                                                                              \
        M_ROW("user_uid", PARAM_TEXT, AT(user_uid), M_NEEDED), .doc = "UID of the user."           \
    }
#define KEY_ROW                                                                                    \
    {                                                                                              \
        M_ROW("key", PARAM_TEXT, AT(key), M_NEEDED), .doc = "Key: letters, digits, '-', '_'."      \
    }
#define VALUE_ROW                                                                                  \
    {                                                                                              \
        M_ROW("value", PARAM_TEXT, AT(value), M_NEEDED), .doc = "Value, of the same characters."   \
    }
#define DESCRIPTION_ROW                                                                            \
    {                                                                                              \
        M_ROW("description", PARAM_TEXT, AT(description), 0), .doc = "Why it is set."              \
    }
static const struct param list_params[] = {UID_ROW, PARAM_END};
static const struct param add_params[] = {UID_ROW, KEY_ROW, VALUE_ROW, DESCRIPTION_ROW, PARAM_END};
static const struct param change_params[] = {UID_ROW,
                                             KEY_ROW,
                                             VALUE_ROW,
                                             DESCRIPTION_ROW,
                                             {M_ROW("replace", PARAM_BOOL, AT(replace), 0),
                                              .fallback = "true",
                                              .doc = "Make the label if it is not there."},
                                             PARAM_END};
static const struct param remove_params[] = {UID_ROW, KEY_ROW, PARAM_END};
#undef AT

static void list(struct http_request *request)
{
    const struct label_form *asked = http_params(request);
    struct label *labels;
    size_t count;
    struct user user;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!users_by_uid(call.db, NULL, asked->user_uid, &user, &err) ||
        !labels_of_user(call.db, call.arena, user.id, &labels, &count, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct label_view *views = request_room(request, count, sizeof(*views));
    for (size_t i = 0; views && i < count; i++)
        views[i] = label_view_of(&labels[i]);
    if (views)
        http_reply_array(request, admin_label_fields, views, count, sizeof(*views));
}

/* "key.taken": {"error":{"key":["has already been taken"]}} */
static const struct {
    const char *word, *message;
} messages[] = {
    {"taken", "has already been taken"},
    {"too_short", "is too short (minimum is 3 characters)"},
    {"too_long", "is too long (maximum is 255 characters)"},
    {"invalid", "is invalid"},
};

static const char *message_of(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(messages); i++)
        if (strcmp(messages[i].word, word) == 0)
            return messages[i].message;
    return word;
}

/* Codes of one attribute follow each other. */
static void reply_mistakes(struct http_request *request, const struct mistakes *mistakes)
{
    struct str *out = http_reply_builder(request);
    const char *attribute = "";
    size_t length = 0;
    str_add(out, "{\"error\":{");
    for (size_t i = 0; i < mistakes->count; i++) {
        const char *code = mistakes->codes[i], *dot = strchr(code, '.');
        assert(dot); /* codes of labels are two words */
        if (length == (size_t)(dot - code) && memcmp(attribute, code, length) == 0) {
            str_add(out, ",");
        } else {
            str_add(out, i > 0 ? "]," : "");
            json_write_string_bytes(out, code, (size_t)(dot - code));
            str_add(out, ":[");
        }
        attribute = code;
        length = (size_t)(dot - code);
        json_write_string(out, message_of(dot + 1));
    }
    str_add(out, "]}}");
    http_reply_built(request, 422);
}

static void reply_label(struct http_request *request, bool ok, const struct label *label,
                        const struct mistakes *mistakes, const struct err *err)
{
    if (mistakes->count > 0) {
        reply_mistakes(request, mistakes);
    } else if (!ok) {
        http_reply_err(request, err);
    } else {
        struct label_view view = label_view_of(label);
        http_reply_object(request, label_fields, &view);
    }
}

static struct label_change change_of(const struct label_form *asked, struct mistakes *mistakes)
{
    return (struct label_change){.key = asked->key,
                                 .value = asked->value,
                                 .scope = LABEL_PRIVATE,
                                 .description = asked->description,
                                 .mistakes = mistakes};
}

static void add(struct http_request *request)
{
    const struct label_form *asked = http_params(request);
    struct mistakes mistakes = {.count = 0};
    const struct label_change label = change_of(asked, &mistakes);
    struct label made;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    bool ok = managed_label_add(&call, asked->user_uid, &label, &made, &err);
    reply_label(request, ok, &made, &mistakes, &err);
}

static void change(struct http_request *request)
{
    const struct label_form *asked = http_params(request);
    struct mistakes mistakes = {.count = 0};
    const struct label_change label = change_of(asked, &mistakes);
    struct label changed;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    bool ok =
        managed_label_change(&call, asked->user_uid, &label, asked->replace.value, &changed, &err);
    reply_label(request, ok, &changed, &mistakes, &err);
}

static void remove_one(struct http_request *request)
{
    const struct label_form *asked = http_params(request);
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (managed_label_remove(&call, asked->user_uid, asked->key, &err))
        http_reply_empty(request, 204);
    else
        http_reply_err(request, &err);
}

/* ---- POST /labels/filter/users ---- */

struct filter_form {
    const char *key, *value, *scope;
    struct param_bool extended;
    struct times times;
    struct paging paging;
};

#define AT(member) offsetof(struct filter_form, member)
static const struct param filter_params[] = {
    {M_ROW("key", PARAM_TEXT, AT(key), M_NEEDED | PARAM_LOWER), .doc = "Key of the label."},
    {M_ROW("value", PARAM_TEXT, AT(value), PARAM_LOWER), .doc = "Its value."},
    {M_ROW("scope", PARAM_TEXT, AT(scope), 0), .values = "public private", .doc = "Its scope."},
    {M_ROW("extended", PARAM_BOOL, AT(extended), 0), .fallback = "false",
     .doc = "Show profiles too, masked."},
    TIMES_ROWS(struct filter_form, times, "range does not have a valid value"),
    PAGING_ROWS_BARE(struct filter_form, paging),
    PARAM_END};
#undef AT

static void filter_users(struct http_request *request)
{
    const struct filter_form *asked = http_params(request);
    struct users_filter filter = {.label_key = asked->key,
                                  .label_value = asked->value,
                                  .label_scope = asked->scope,
                                  .by_update = times_are_of_update(&asked->times),
                                  .from = asked->times.from,
                                  .to = asked->times.to};
    struct listing listing = request_page(request, &asked->paging);
    reply_users(request, &filter, &listing, &asked->paging,
                asked->extended.value ? USER_WITH_MASKED_PROFILES : USER_ALONE);
}

#define ROUTE(method_, path_, handler_, rows, type)                                                \
    .method = (method_), .path = "/api/v2/management/labels" path_, .mode = HTTP_WORKER,           \
    .handler = (handler_), .params = (rows), .params_size = sizeof(struct type),                   \
    .access = ACCESS_MANAGEMENT, .class_name = "management.label", .tag = "management"
const struct http_route management_label_routes[] = {
    {ROUTE("POST", "/filter/users", filter_users, filter_params, filter_form), .reply = user_fields,
     .reply_is_array = true, .status = 200, .subject = "read_users", .doc = "Users with a label."},
    {ROUTE("POST", "/list", list, list_params, label_form), .reply = admin_label_fields,
     .reply_is_array = true, .status = 201, .subject = "read_labels", .doc = "Labels of a user."},
    {ROUTE("POST", "", add, add_params, label_form), .reply = label_fields, .status = 201,
     .subject = "write_labels", .doc = "Add a private label."},
    {ROUTE("PUT", "", change, change_params, label_form), .reply = label_fields, .status = 200,
     .subject = "write_labels", .doc = "Change a private label, or add it."},
    {ROUTE("POST", "/delete", remove_one, remove_params, label_form), .status = 204,
     .subject = "write_labels", .doc = "Remove a private label."},
    {.method = NULL}};
