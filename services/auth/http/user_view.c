#include "auth/http/user_view.h"

#include "auth/http/context.h"
#include "auth/state/config.h"
#include "auth/store/data_storages.h"
#include "auth/store/labels.h"
#include "auth/store/phones.h"
#include "auth/store/profiles.h"

#define USER(member) offsetof(struct user_view, member)
#define LABEL(member) offsetof(struct label_view, member)
#define FULL(member) offsetof(struct user_full_view, member)

/* clang-format off */
#define USER_ROWS(at)                                                                              \
    {"email", JSON_TEXT, at(email), .doc = "E-mail address."},                                     \
    {"uid", JSON_TEXT, at(uid), .doc = "UID, the same in all services."},                          \
    {"role", JSON_TEXT, at(role), .doc = "Role."},                                                 \
    {"level", JSON_I32, at(level), .doc = "How far the person is known."},                         \
    {"otp", JSON_BOOL, at(otp), .doc = "Whether a second factor is on."},                          \
    {"state", JSON_TEXT, at(state), .doc = "pending, active, banned, deleted, locked, or another."}, \
    {"referral_uid", JSON_TEXT, at(referral_uid), .doc = "UID of who brought the user."},          \
    {"referal_uid", JSON_TEXT, at(referral_uid), .doc = "The same, as the web front end reads it."}, \
    {"data", JSON_TEXT, at(data), .doc = "JSON text of the front end's own."},                     \
    {"username", JSON_TEXT, at(username), .doc = "Name that the user chose."}

#define TIME_ROWS(at)                                                                              \
    {"created_at", JSON_TIME_ISO, at(created_at), .doc = "When it was made."},                     \
    {"updated_at", JSON_TIME_ISO, at(updated_at), .doc = "When it changed last."}

const struct json_field user_fields[] = {USER_ROWS(USER), {NULL}};

#define LABEL_ROWS                                                                                 \
    {"key", JSON_TEXT, LABEL(key), .doc = "Name."},                                                \
    {"value", JSON_TEXT, LABEL(value), .doc = "Value."},                                           \
    {"scope", JSON_TEXT, LABEL(scope), .doc = "public: the user's own; private: the platform's."}

const struct json_field label_fields[] = {LABEL_ROWS, TIME_ROWS(LABEL), {NULL}};
const struct json_field admin_label_fields[] = {
    LABEL_ROWS,
    {"description", JSON_TEXT, LABEL(description), .doc = "Why it was set."},
    TIME_ROWS(LABEL),
    {NULL},
};

#define OF_USER(member) FULL(user.member)
const struct json_field user_full_fields[] = {
    USER_ROWS(OF_USER),
    {"csrf_token", JSON_TEXT, FULL(csrf_token), JSON_OMIT_EMPTY,
     .doc = "For the header X-CSRF-Token; only where a session was opened."},
    {"labels", JSON_ARRAY, FULL(labels), .sub = label_fields,
     .sub_size = sizeof(struct label_view), .count_offset = FULL(labels_count), .doc = "Labels."},
    {"phones", JSON_ARRAY, FULL(phones), .sub = phone_fields,
     .sub_size = sizeof(struct phone_view), .count_offset = FULL(phones_count), .doc = "Phones."},
    {"phone", JSON_ARRAY, FULL(phones), .sub = phone_fields,
     .sub_size = sizeof(struct phone_view), .count_offset = FULL(phones_count),
     .doc = "The same, as the web front end reads it."},
    {"profiles", JSON_ARRAY, FULL(profiles), .sub = profile_fields,
     .sub_size = sizeof(struct profile_view), .count_offset = FULL(profiles_count),
     .doc = "Profiles."},
    {"data_storages", JSON_ARRAY, FULL(data_storages), .sub = data_storage_fields,
     .sub_size = sizeof(struct data_storage_view), .count_offset = FULL(data_storages_count),
     .doc = "What the front end stored."},
    TIME_ROWS(OF_USER),
    {NULL},
};
/* clang-format on */

static const char *text_or_null(const char *text)
{
    return text[0] ? text : NULL;
}

struct user_view user_view_of(const struct user *user)
{
    return (struct user_view){.email = user->email,
                              .uid = user->uid,
                              .role = user->role,
                              .state = user->state,
                              .referral_uid = text_or_null(user->referral_uid),
                              .data = user->data,
                              .username = text_or_null(user->username),
                              .level = user->level,
                              .otp = user->otp,
                              .created_at = user->created_at,
                              .updated_at = user->updated_at};
}

struct label_view label_view_of(const struct label *label)
{
    return (struct label_view){.key = label->key,
                               .value = label->value,
                               .scope = label_scope_name(label->scope),
                               .description = label->description,
                               .created_at = label->created_at,
                               .updated_at = label->updated_at};
}

static bool read_person(struct call *call, const struct user *user, struct user_full_view *view,
                        struct err *err)
{
    struct secret_store *secrets = call->app->secrets;
    bool masked = view_is_masked(call);
    struct phone *phones;
    struct profile *profiles;
    struct data_storage *storages;
    if (!phones_of_user(call->db, secrets, call->arena, user->id, &phones, &view->phones_count,
                        err) ||
        !profiles_of_user(call->db, secrets, call->arena, user->id, &profiles,
                          &view->profiles_count, err) ||
        !data_storages_of_user(call->db, call->arena, user->id, &storages,
                               &view->data_storages_count, err))
        return false;
    view->phones = phone_views(call, phones, view->phones_count, masked);
    view->profiles = profile_views(call, profiles, view->profiles_count, masked);
    view->data_storages = data_storage_views(call, storages, view->data_storages_count);
    if (!view->phones || !view->profiles || !view->data_storages)
        return err_set(err, ERR_BUSY, "no memory for a user");
    return true;
}

bool user_full_view_read(struct call *call, const struct user *user,
                         struct user_full_view *ret_view, struct err *err)
{
    struct label *labels;
    size_t count;
    if (!labels_of_user(call->db, call->arena, user->id, &labels, &count, err))
        return false;
    struct label_view *views = arena_alloc(call->arena, (count + 1) * sizeof(*views));
    if (!views)
        return err_set(err, ERR_BUSY, "no memory for labels");
    for (size_t i = 0; i < count; i++)
        views[i] = label_view_of(&labels[i]);
    *ret_view =
        (struct user_full_view){.user = user_view_of(user), .labels = views, .labels_count = count};
    return read_person(call, user, ret_view, err);
}

void reply_user_full(struct http_request *request, struct call *call, const struct user *user,
                     const char *csrf_token, int status)
{
    struct user_full_view view;
    struct err err;
    if (!user_full_view_read(call, user, &view, &err)) {
        http_reply_err(request, &err);
        return;
    }
    view.csrf_token = csrf_token;
    json_write_object(http_reply_builder(request), user_full_fields, &view);
    http_reply_built(request, status);
}

static struct cookie session_cookie(const struct http_request *request, const char *value)
{
    const struct auth_config *config = request_app(request)->config;
    return (struct cookie){.name = config->session_name,
                           .value = value,
                           .path = "/",
                           .same_site = config->session_same_site,
                           .now_us = clock_now_us(http_clock(request)),
                           .secure = config->session_secure,
                           .http_only = true};
}

void reply_session_cookie(struct http_request *request, const struct opened_session *opened)
{
    struct cookie cookie = session_cookie(request, opened->cookie);
    cookie.max_age_s = request_app(request)->config->session_end_time_s;
    http_reply_cookie(request, &cookie);
}

void reply_session(struct http_request *request, struct call *call, const struct user *user,
                   const struct opened_session *opened, int status)
{
    reply_session_cookie(request, opened);
    reply_user_full(request, call, user, opened->csrf, status);
}

void reply_no_session(struct http_request *request)
{
    struct cookie cookie = session_cookie(request, "");
    cookie.max_age_s = -1;
    http_reply_cookie(request, &cookie);
}
