#include "auth/http/admin_user_view.h"

#include "auth/http/context.h"
#include "auth/http/list_support.h"
#include "auth/store/data_storages.h"
#include "auth/store/documents.h"
#include "auth/store/labels.h"
#include "auth/store/phones.h"
#include "auth/store/profiles.h"

#define AT(member) offsetof(struct user_detail_view, member)

/* clang-format off */
#define LIST(key_, member, fields_, type, doc_)                                                    \
    {key_, JSON_ARRAY, AT(member), .sub = fields_, .sub_size = sizeof(type),                       \
     .count_offset = AT(member##_count), .doc = doc_}
#define USER_ROWS                                                                                  \
    {"email", JSON_TEXT, AT(user.email), .doc = "E-mail address."},                                \
    {"uid", JSON_TEXT, AT(user.uid), .doc = "UID, the same in all services."},                     \
    {"role", JSON_TEXT, AT(user.role), .doc = "Role."},                                            \
    {"level", JSON_I32, AT(user.level), .doc = "How far the person is known."},                    \
    {"otp", JSON_BOOL, AT(user.otp), .doc = "Whether a second factor is on."},                     \
    {"state", JSON_TEXT, AT(user.state), .doc = "pending, active, banned, deleted, locked, ..."},  \
    {"referral_uid", JSON_TEXT, AT(user.referral_uid), .doc = "UID of who brought the user."},     \
    {"data", JSON_TEXT, AT(user.data), .doc = "JSON text of the front end's own."},                \
    {"username", JSON_TEXT, AT(user.username), .doc = "Name that the user chose."},                \
    LIST("profiles", profiles, profile_fields, struct profile_view, "Profiles, clear.")

#define TIME_ROWS                                                                                  \
    {"created_at", JSON_TIME_ISO, AT(user.created_at), .doc = "When it was made."},                \
    {"updated_at", JSON_TIME_ISO, AT(user.updated_at), .doc = "When it changed last."}

static const struct json_field comment_fields[] = {
    {"id", JSON_U64, offsetof(struct comment, id), .doc = "Number of the row."},
    {"author_uid", JSON_TEXT, offsetof(struct comment, author_uid), .doc = "Who wrote it."},
    {"title", JSON_TEXT, offsetof(struct comment, title), .doc = "Title."},
    {"data", JSON_TEXT, offsetof(struct comment, data), .doc = "Text."},
    {"created_at", JSON_TIME_ISO, offsetof(struct comment, created_at), .doc = "When it was made."},
    {"updated_at", JSON_TIME_ISO, offsetof(struct comment, updated_at),
     .doc = "When it changed last."},
    {NULL},
};

const struct json_field user_with_profile_fields[] = {USER_ROWS, TIME_ROWS, {NULL}};

const struct json_field user_with_kyc_fields[] = {
    USER_ROWS,
    LIST("labels", labels, admin_label_fields, struct label_view, "Labels."),
    LIST("phones", phones, phone_fields, struct phone_view, "Phones, clear."),
    LIST("documents", documents, document_fields, struct document_view, "Documents, clear."),
    LIST("data_storages", data_storages, data_storage_fields, struct data_storage_view,
         "What the front end stored."),
    LIST("comments", comments, comment_fields, struct comment, "Notes of administrators."),
    TIME_ROWS,
    {NULL},
};
/* clang-format on */
#undef AT

static bool read_labels(struct call *call, uint64_t user_id, struct user_detail_view *view,
                        struct err *err)
{
    struct label *labels;
    size_t count;
    if (!labels_of_user(call->db, call->arena, user_id, &labels, &count, err))
        return false;
    struct label_view *views = arena_alloc(call->arena, (count + 1) * sizeof(*views));
    if (!views)
        return err_set(err, ERR_BUSY, "no memory for labels");
    for (size_t i = 0; i < count; i++)
        views[i] = label_view_of(&labels[i]);
    view->labels = views;
    view->labels_count = count;
    return true;
}

static bool no_memory(struct err *err)
{
    return err_set(err, ERR_BUSY, "no memory for what belongs to a user");
}

static bool read_profiles(struct call *call, uint64_t user_id, struct user_detail_view *view,
                          bool masked, struct err *err)
{
    struct profile *profiles;
    if (!profiles_of_user(call->db, call->app->secrets, call->arena, user_id, &profiles,
                          &view->profiles_count, err))
        return false;
    view->profiles = profile_views(call, profiles, view->profiles_count, masked);
    return view->profiles || no_memory(err);
}

static bool read_rest(struct call *call, uint64_t user_id, struct user_detail_view *view,
                      struct err *err)
{
    struct secret_store *secrets = call->app->secrets;
    struct phone *phones;
    struct document *documents;
    struct document_view *document_rows;
    struct data_storage *storages;
    struct comment *comments;
    if (!read_labels(call, user_id, view, err) ||
        !phones_of_user(call->db, secrets, call->arena, user_id, &phones, &view->phones_count,
                        err) ||
        !documents_of_user(call->db, secrets, call->arena, user_id, NULL, &documents,
                           &view->documents_count, err) ||
        !document_views(call, documents, view->documents_count, false, &document_rows, err) ||
        !data_storages_of_user(call->db, call->arena, user_id, &storages,
                               &view->data_storages_count, err) ||
        !comments_of_user(call->db, call->arena, user_id, &comments, &view->comments_count, err))
        return false;
    view->documents = document_rows;
    view->comments = comments;
    view->phones = phone_views(call, phones, view->phones_count, false);
    view->data_storages = data_storage_views(call, storages, view->data_storages_count);
    return (view->phones && view->data_storages) || no_memory(err);
}

static bool read_view(struct call *call, const struct user *user, enum user_detail detail,
                      struct user_detail_view *ret_view, struct err *err)
{
    *ret_view = (struct user_detail_view){.user = user_view_of(user)};
    return read_profiles(call, user->id, ret_view, detail == USER_WITH_MASKED_PROFILES, err) &&
           (detail != USER_WITH_KYC || read_rest(call, user->id, ret_view, err));
}

static const struct json_field *fields_of(enum user_detail detail)
{
    return detail == USER_WITH_KYC ? user_with_kyc_fields : user_with_profile_fields;
}

static void reply_alone(struct http_request *request, const struct paging *paging,
                        const struct listed *listed)
{
    const struct user *users = listed->rows;
    struct user_view *views = request_room(request, listed->count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < listed->count; i++)
        views[i] = user_view_of(&users[i]);
    reply_page(request, paging, listed->total, user_fields, views, listed->count, sizeof(*views));
}

static void reply_listed(struct http_request *request, struct call *call,
                         const struct paging *paging, const struct listed *listed,
                         enum user_detail detail)
{
    const struct user *users = listed->rows;
    struct err err;
    if (detail == USER_ALONE) {
        reply_alone(request, paging, listed);
        return;
    }
    struct user_detail_view *views = request_room(request, listed->count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < listed->count; i++)
        if (!read_view(call, &users[i], detail, &views[i], &err)) {
            http_reply_err(request, &err);
            return;
        }
    reply_page(request, paging, listed->total, fields_of(detail), views, listed->count,
               sizeof(*views));
}

void reply_users(struct http_request *request, const struct users_filter *filter,
                 struct listing *listing, const struct paging *paging, enum user_detail detail)
{
    struct listed listed;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (users_list(call.db, filter, listing, &listed, &err))
        reply_listed(request, &call, paging, &listed, detail);
    else
        http_reply_err(request, &err);
}

static void reply_one(struct http_request *request, struct call *call, const struct user *user,
                      enum user_detail detail, int status)
{
    struct user_detail_view view;
    struct err err;
    if (!read_view(call, user, detail, &view, &err)) {
        http_reply_err(request, &err);
        return;
    }
    json_write_object(http_reply_builder(request), fields_of(detail), &view);
    http_reply_built(request, status);
}

void reply_user_with_profiles(struct http_request *request, struct call *call,
                              const struct user *user, int status)
{
    reply_one(request, call, user, USER_WITH_PROFILES, status);
}

void reply_user_with_kyc(struct http_request *request, struct call *call, const struct user *user,
                         int status)
{
    reply_one(request, call, user, USER_WITH_KYC, status);
}
