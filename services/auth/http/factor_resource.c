/* /resource/passkeys: an extension of the contract: deploy/docs/factors.md. All that changes something
 * asks for a step-up. */
#include <string.h>

#include "auth/actions/passkey.h"
#include "auth/actions/step_up.h"
#include "auth/http/context.h"
#include "auth/http/routes_factors.h"
#include "auth/http/session_of.h"
#include "auth/store/passkeys.h"

struct passkey_view {
    uint64_t id;
    const char *name;
    bool is_backed_up;
    int64_t created_at, last_used_at;
};

#define AT(member) offsetof(struct passkey_view, member)
static const struct json_field passkey_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Number of the passkey."},
    {"name", JSON_TEXT, AT(name), .doc = "What its owner calls it."},
    {"backed_up", JSON_BOOL, AT(is_backed_up), .doc = "Whether it is on several devices."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was added."},
    {"last_used_at", JSON_TIME_ISO, AT(last_used_at), .doc = "When it was used last."},
    {NULL}};
#undef AT

static struct passkey_view view_of(const struct passkey *passkey)
{
    return (struct passkey_view){.id = passkey->id,
                                 .name = passkey->name,
                                 .is_backed_up = passkey->credential.is_backed_up,
                                 .created_at = passkey->created_at,
                                 .last_used_at = passkey->last_used_at};
}

static void list(struct http_request *request)
{
    struct passkey_view views[PASSKEYS_MAX];
    struct passkey *passkeys;
    size_t count;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!passkeys_of_user(call.db, call.arena, request_user(request)->id, &passkeys, &count,
                          &err)) {
        http_reply_err(request, &err);
        return;
    }
    for (size_t i = 0; i < count; i++)
        views[i] = view_of(&passkeys[i]);
    http_reply_array(request, passkey_fields, views, count, sizeof(views[0]));
}

static void ask(struct http_request *request)
{
    char holder[STEP_UP_HOLDER_SIZE];
    struct session session;
    struct call call;
    struct err err;
    if (!request_stepped_up(request, &call, &session))
        return;
    step_up_holder(&session, holder);
    struct str *out = http_reply_builder(request);
    if (!passkey_ask_new(&call, request_user(request), holder, out, &err)) {
        http_reply_err(request, &err);
        return;
    }
    http_reply_built(request, 201);
}

struct add_form {
    const char *name, *credential;
};

#define AT(member) offsetof(struct add_form, member)
static const struct param add_params[] = {
    {.name = "name",
     .kind = PARAM_TEXT,
     .offset = AT(name),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .doc = "What its owner calls it, at most 64 bytes."},
    {.name = "credential",
     .kind = PARAM_JSON,
     .offset = AT(credential),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .type_code = "resource.passkey.invalid",
     .doc = "PublicKeyCredential.toJSON() of navigator.credentials.create()."},
    PARAM_END};
#undef AT

static void add(struct http_request *request)
{
    const struct add_form *form = http_params(request);
    char holder[STEP_UP_HOLDER_SIZE];
    struct session session;
    struct call call;
    struct passkey passkey;
    struct err err;
    if (!request_stepped_up(request, &call, &session))
        return;
    step_up_holder(&session, holder);
    const struct passkey_add asked = {
        .name = form->name, .credential = form->credential, .holder = holder, .session = &session};
    if (!passkey_add(&call, request_user(request), &asked, &passkey, &err)) {
        http_reply_err(request, &err);
        return;
    }
    const struct passkey_view view = view_of(&passkey);
    http_reply_object(request, passkey_fields, &view);
}

struct one_form {
    struct param_i64 id;
    const char *name;
};

#define AT(member) offsetof(struct one_form, member)
#define ID_ROW                                                                                     \
    {                                                                                              \
        .name = "id", .kind = PARAM_I64, .offset = AT(id),                                         \
        .flags = PARAM_REQUIRED | PARAM_IN_PATH, .type_code = "record.not_found",                  \
        .doc = "Number of the passkey."                                                            \
    }
static const struct param id_params[] = {ID_ROW, PARAM_END};
static const struct param rename_params[] = {ID_ROW,
                                             {.name = "name",
                                              .kind = PARAM_TEXT,
                                              .offset = AT(name),
                                              .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                              .doc = "Its new name."},
                                             PARAM_END};
#undef ID_ROW
#undef AT

static void rename_one(struct http_request *request)
{
    const struct one_form *form = http_params(request);
    struct session session;
    struct call call;
    struct err err;
    if (!request_stepped_up(request, &call, &session))
        return;
    if (passkey_rename(&call, request_user(request), (uint64_t)form->id.value, form->name, &err))
        http_reply_text(request, 200, "200", 3);
    else
        http_reply_err(request, &err);
}

static void remove_one(struct http_request *request)
{
    const struct one_form *form = http_params(request);
    struct session session;
    struct call call;
    struct err err;
    if (!request_stepped_up(request, &call, &session))
        return;
    if (passkey_remove(&call, request_user(request), (uint64_t)form->id.value, &session, &err))
        http_reply_empty(request, 204);
    else
        http_reply_err(request, &err);
}

#define PASSKEYS "/api/v2/resource/passkeys"

const struct http_route factor_resource_routes[] = {
    {.method = "GET",
     .path = PASSKEYS,
     .mode = HTTP_WORKER,
     .handler = list,
     .reply = passkey_fields,
     .reply_is_array = true,
     .access = ACCESS_USER,
     .class_name = "resource.passkey",
     .tag = "resource",
     .doc = "My passkeys."},
    {.method = "POST",
     .path = PASSKEYS "/challenge",
     .mode = HTTP_WORKER,
     .handler = ask,
     .access = ACCESS_USER,
     .class_name = "resource.passkey",
     .tag = "resource",
     .doc = "What a new passkey is made of: PublicKeyCredentialCreationOptionsJSON."},
    {.method = "POST",
     .path = PASSKEYS,
     .mode = HTTP_WORKER,
     .handler = add,
     .params = add_params,
     .params_size = sizeof(struct add_form),
     .reply = passkey_fields,
     .access = ACCESS_USER,
     .class_name = "resource.passkey",
     .tag = "resource",
     .doc = "Add a passkey; my other sessions end."},
    {.method = "PUT",
     .path = PASSKEYS "/:id",
     .mode = HTTP_WORKER,
     .handler = rename_one,
     .params = rename_params,
     .params_size = sizeof(struct one_form),
     .access = ACCESS_USER,
     .class_name = "resource.passkey",
     .tag = "resource",
     .doc = "Call a passkey something else."},
    {.method = "DELETE",
     .path = PASSKEYS "/:id",
     .mode = HTTP_WORKER,
     .handler = remove_one,
     .params = id_params,
     .params_size = sizeof(struct one_form),
     .status = 204,
     .access = ACCESS_USER,
     .class_name = "resource.passkey",
     .tag = "resource",
     .doc = "Remove a passkey; my other sessions end."},
    {.method = NULL}};
