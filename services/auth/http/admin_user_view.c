#include "auth/http/admin_user_view.h"

#include "auth/http/list_support.h"
#include "auth/store/labels.h"

#define AT(member) offsetof(struct user_detail_view, member)

/* clang-format off */
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
    {"profiles", JSON_RAW, AT(profiles), .doc = "Profiles, clear."}

#define TIME_ROWS                                                                                  \
    {"created_at", JSON_TIME_ISO, AT(user.created_at), .doc = "When it was made."},                \
    {"updated_at", JSON_TIME_ISO, AT(user.updated_at), .doc = "When it changed last."}

const struct json_field user_with_profile_fields[] = {USER_ROWS, TIME_ROWS, {NULL}};

const struct json_field user_with_kyc_fields[] = {
    USER_ROWS,
    {"labels", JSON_ARRAY, AT(labels), .sub = admin_label_fields,
     .sub_size = sizeof(struct label_view), .count_offset = AT(labels_count), .doc = "Labels."},
    {"phones", JSON_RAW, AT(phones), .doc = "Phones, clear."},
    {"documents", JSON_RAW, AT(documents), .doc = "Documents, clear."},
    {"data_storages", JSON_RAW, AT(data_storages), .doc = "What the front end stored."},
    {"comments", JSON_RAW, AT(comments), .doc = "Notes of administrators."},
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

static bool read_view(struct call *call, const struct user *user, enum user_detail detail,
                      struct user_detail_view *ret_view, struct err *err)
{
    *ret_view = (struct user_detail_view){.user = user_view_of(user),
                                          .phones = "[]",
                                          .profiles = "[]",
                                          .documents = "[]",
                                          .data_storages = "[]",
                                          .comments = "[]"};
    return detail != USER_WITH_KYC || read_labels(call, user->id, ret_view, err);
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

void reply_users(struct http_request *request, struct call *call, const struct paging *paging,
                 const struct listed *listed, enum user_detail detail)
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
