/* /admin/profiles, /admin/users/data_storage, /admin/users/comments: what belongs to a user. */
#include "auth/actions/admin_profile.h"
#include "auth/actions/comment_save.h"
#include "auth/actions/profile_save.h"
#include "auth/http/admin_user_view.h"
#include "auth/http/context.h"
#include "auth/http/list_support.h"
#include "auth/http/person_view.h"
#include "auth/http/profile_params.h"
#include "auth/http/resource_support.h"
#include "auth/http/routes_admin.h"
#include "auth/store/profiles.h"
#include "auth/store/users.h"

#include <string.h>

#define NEEDED (PARAM_REQUIRED | PARAM_NOT_BLANK)

/* ---- GET /admin/profiles ---- */

struct list_form {
    struct paging paging;
};

static const struct param list_params[] = {PAGING_ROWS_BARE(struct list_form, paging), PARAM_END};

static void list(struct http_request *request)
{
    const struct list_form *asked = http_params(request);
    struct profile *profiles;
    size_t count;
    uint64_t total;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!profiles_page(call.db, call.app->secrets, call.arena, paging_offset(&asked->paging),
                       paging_limit(&asked->paging), &profiles, &count, &total, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct profile_view *views = profile_views(&call, profiles, count, false);
    if (views)
        reply_page(request, &asked->paging, total, profile_fields, views, count, sizeof(*views));
    else
        reply_no_memory(request);
}

static void reply_profile(struct http_request *request, struct call *call,
                          const struct profile *profile)
{
    struct profile_view *view = profile_views(call, profile, 1, false);
    if (view)
        http_reply_object(request, profile_fields, view);
    else
        reply_no_memory(request);
}

/* ---- PUT /admin/profiles: judge ---- */

struct judge_form {
    const char *uid, *state;
};

static const struct param judge_params[] = {
    {.name = "uid",
     .kind = PARAM_TEXT,
     .offset = offsetof(struct judge_form, uid),
     .flags = PARAM_REQUIRED,
     .doc = "UID of the user."},
    {.name = "state",
     .kind = PARAM_TEXT,
     .offset = offsetof(struct judge_form, state),
     .flags = PARAM_REQUIRED,
     .values = "drafted verified rejected",
     .doc = "verified, rejected, or drafted: the user may change it again."},
    PARAM_END};

static void judge(struct http_request *request)
{
    const struct judge_form *asked = http_params(request);
    enum profile_state state;
    struct profile profile;
    struct call call;
    struct err err;
    bool known = profile_state_parse(asked->state, &state);
    assert(known); /* the row lists the words */
    if (!request_call(request, &call))
        return;
    if (admin_profile_judge(&call, request_user(request), asked->uid, state, &profile, &err))
        reply_profile(request, &call, &profile);
    else
        http_reply_err(request, &err);
}

/* ---- POST /admin/profiles: file one for a user ---- */

struct profile_form {
    const char *uid;
    struct profile_draft draft;
};

static const struct param file_params[] = {{.name = "uid",
                                            .kind = PARAM_TEXT,
                                            .offset = offsetof(struct profile_form, uid),
                                            .flags = PARAM_REQUIRED,
                                            .doc = "UID of the user."},
                                           PROFILE_ROWS(struct profile_form, draft),
                                           PARAM_END};

static void file(struct http_request *request)
{
    const struct profile_form *asked = http_params(request);
    const struct user *admin = request_user(request);
    const struct profile_filing filing = {
        .draft = asked->draft, .state = PROFILE_SUBMITTED, .author = admin->uid, .admin = admin};
    struct mistakes mistakes = {.count = 0};
    struct profile profile;
    struct user user;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!users_by_uid(call.db, NULL, asked->uid, &user, &err)) {
        if (err.code == ERR_NOT_FOUND)
            err.key = "admin.user.doesnt_exist";
        http_reply_err(request, &err);
        return;
    }
    bool ok = profile_create(&call, user.id, &filing, &mistakes, &profile, &err);
    if (reply_unless(request, ok, &mistakes, &err))
        reply_profile(request, &call, &profile);
}

/* ---- DELETE /admin/users/data_storage ---- */

struct storage_form {
    const char *uid, *title;
};

static const struct param storage_params[] = {{.name = "uid",
                                               .kind = PARAM_TEXT,
                                               .offset = offsetof(struct storage_form, uid),
                                               .flags = NEEDED,
                                               .doc = "UID of the user."},
                                              {.name = "title",
                                               .kind = PARAM_TEXT,
                                               .offset = offsetof(struct storage_form, title),
                                               .flags = NEEDED,
                                               .doc = "Title of the storage."},
                                              PARAM_END};

static void remove_storage(struct http_request *request)
{
    const struct storage_form *asked = http_params(request);
    struct user user;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (admin_storage_remove(&call, request_user(request), asked->uid, asked->title, &user, &err))
        reply_user_with_kyc(request, &call, &user, 200);
    else
        http_reply_err(request, &err);
}

/* ---- /admin/users/comments ---- */

#define AT(member) offsetof(struct comment_draft, member)
/* clang-format off */
#define ID_ROW                                                                                     \
    {.name = "id", .kind = PARAM_I64, .offset = AT(id), .flags = PARAM_REQUIRED,                   \
     .doc = "Number of the comment."}
#define TEXT_ROW(name_, flags_, doc_)                                                              \
    {.name = #name_, .kind = PARAM_TEXT, .offset = AT(name_), .flags = flags_, .doc = doc_}
/* clang-format on */
static const struct param comment_params[] = {TEXT_ROW(uid, NEEDED, "UID of the user."),
                                              TEXT_ROW(title, NEEDED, "Title."),
                                              TEXT_ROW(data, NEEDED, "Text."), PARAM_END};
static const struct param change_params[] = {ID_ROW, TEXT_ROW(title, PARAM_NOT_BLANK, "Title."),
                                             TEXT_ROW(data, PARAM_NOT_BLANK, "Text."), PARAM_END};
static const struct param remove_params[] = {ID_ROW, PARAM_END};
#undef AT

static void run_comment(struct http_request *request, int status,
                        bool (*action)(struct call *call, const struct user *admin,
                                       const struct comment_draft *draft, struct user *ret_user,
                                       struct err *err))
{
    struct user user;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (action(&call, request_user(request), http_params(request), &user, &err))
        reply_user_with_kyc(request, &call, &user, status);
    else
        http_reply_err(request, &err);
}

static void add_comment(struct http_request *request)
{
    run_comment(request, 201, comment_create);
}

static void change_comment(struct http_request *request)
{
    run_comment(request, 200, comment_change);
}

static void remove_comment(struct http_request *request)
{
    run_comment(request, 200, comment_remove);
}

#define ROUTE .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .tag = "admin"
#define PROFILE                                                                                    \
    .path = "/api/v2/admin/profiles", ROUTE, .class_name = "admin.profile", .subject = "Profile",  \
    .reply = profile_fields
#define COMMENT                                                                                    \
    .path = "/api/v2/admin/users/comments", ROUTE, .class_name = "admin.user", .subject = "User",  \
    .action = "update", .params_size = sizeof(struct comment_draft), .reply = user_with_kyc_fields
const struct http_route admin_profile_routes[] = {
    {.method = "GET",
     PROFILE,
     .handler = list,
     .params = list_params,
     .params_size = sizeof(struct list_form),
     .reply_is_array = true,
     .action = "read",
     .doc = "Profiles of everybody, the latest first."},
    {.method = "PUT",
     PROFILE,
     .handler = judge,
     .params = judge_params,
     .params_size = sizeof(struct judge_form),
     .action = "update",
     .doc = "Judge the submitted profile of a user."},
    {.method = "POST",
     PROFILE,
     .handler = file,
     .params = file_params,
     .params_size = sizeof(struct profile_form),
     .action = "create",
     .doc = "File a profile for a user; it is submitted."},
    {.method = "DELETE",
     .path = "/api/v2/admin/users/data_storage",
     ROUTE,
     .handler = remove_storage,
     .params = storage_params,
     .params_size = sizeof(struct storage_form),
     .class_name = "admin.user",
     .subject = "User",
     .action = "destroy",
     .reply = user_with_kyc_fields,
     .status = 200,
     .doc = "Remove what the front end stored with a user; the label stays."},
    {.method = "POST",
     COMMENT,
     .handler = add_comment,
     .params = comment_params,
     .doc = "Note something about a user."},
    {.method = "PUT",
     COMMENT,
     .handler = change_comment,
     .params = change_params,
     .doc = "Change a note."},
    {.method = "DELETE",
     COMMENT,
     .handler = remove_comment,
     .params = remove_params,
     .doc = "Remove a note."},
    {.method = NULL}};
