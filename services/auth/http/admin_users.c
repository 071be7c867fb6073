/* /admin/users: who is there, and what the platform does to them. */
#include "auth/actions/admin_user.h"
#include "auth/http/admin_user_view.h"
#include "auth/http/context.h"
#include "auth/http/list_support.h"
#include "auth/http/routes_admin.h"
#include "auth/http/user_view.h"
#include "auth/store/label_counts.h"
#include "auth/store/users.h"
#include "auth/store/users_list.h"
#include "base/auto.h"

/* ---- GET /admin/users, /admin/users/documents/pending ---- */

struct list_form {
    struct param_bool extended;
    const char *uid, *email, *role, *country, *state;
    struct param_i64 level;
    struct times times;
    const char *ordering, *order_by;
    struct paging paging;
};

static bool is_user_column(struct http_request *request, const char *text)
{
    (void)request;
    return users_can_be_ordered_by(text);
}

#define AT(member) offsetof(struct list_form, member)
/* clang-format off */
#define FILTER_ROWS                                                                                \
    {.name = "extended", .kind = PARAM_BOOL, .offset = AT(extended), .fallback = "false",          \
     .type_code = "admin.user.non_boolean_extended", .doc = "Show what belongs to them too."},     \
    {.name = "uid", .kind = PARAM_TEXT, .offset = AT(uid), .doc = "UID."},                         \
    {.name = "email", .kind = PARAM_TEXT, .offset = AT(email), .doc = "E-mail address."},          \
    {.name = "role", .kind = PARAM_TEXT, .offset = AT(role), .doc = "Role."},                      \
    {.name = "country", .kind = PARAM_TEXT, .offset = AT(country),                                 \
     .doc = "Country of one of their profiles, as it is stored."},                                 \
    {.name = "level", .kind = PARAM_I64, .offset = AT(level), .doc = "Level."},                    \
    {.name = "state", .kind = PARAM_TEXT, .offset = AT(state), .doc = "State."},                   \
    TIMES_ROWS(struct list_form, times, "admin.user.invalid_range")
/* clang-format on */

static const struct param list_params[] = {FILTER_ROWS,
                                           {.name = "ordering",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(ordering),
                                            .fallback = "asc",
                                            .values = "asc desc",
                                            .value_code = "user.ordering.invalid_ordering",
                                            .doc = "Direction of the order."},
                                           {.name = "order_by",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(order_by),
                                            .fallback = "id",
                                            .check = is_user_column,
                                            .value_code = "user.ordering.invalid_attribute",
                                            .doc = "Column that orders: id, uid, email, ..."},
                                           PAGING_ROWS_BARE(struct list_form, paging),
                                           PARAM_END};

static const struct param pending_params[] = {
    FILTER_ROWS, PAGING_ROWS_BARE(struct list_form, paging), PARAM_END};
#undef AT

static struct users_filter filter_of(const struct list_form *asked)
{
    return (struct users_filter){.uid = asked->uid,
                                 .email = asked->email,
                                 .role = asked->role,
                                 .state = asked->state,
                                 .country = asked->country,
                                 .level = asked->level,
                                 .by_update = times_are_of_update(&asked->times),
                                 .from = asked->times.from,
                                 .to = asked->times.to};
}

static void list(struct http_request *request)
{
    const struct list_form *asked = http_params(request);
    struct users_filter filter = filter_of(asked);
    struct listing listing = request_page(request, &asked->paging);
    listing.order_by = asked->order_by;
    listing.descending = asked->ordering[0] == 'd';
    reply_users(request, &filter, &listing, &asked->paging,
                asked->extended.value ? USER_WITH_PROFILES : USER_ALONE);
}

static void list_pending(struct http_request *request)
{
    const struct list_form *asked = http_params(request);
    struct users_filter filter = filter_of(asked);
    struct listing listing = request_page(request, &asked->paging);
    filter.documents_pending = true;
    reply_users(request, &filter, &listing, &asked->paging,
                asked->extended.value ? USER_WITH_KYC : USER_ALONE);
}

/* ---- GET /admin/users/labels: who has a label ---- */

struct label_form {
    const char *key, *value;
    struct paging paging;
};

#define AT(member) offsetof(struct label_form, member)
static const struct param label_params[] = {{.name = "key",
                                             .kind = PARAM_TEXT,
                                             .offset = AT(key),
                                             .flags = PARAM_REQUIRED | PARAM_LOWER,
                                             .doc = "Key of the label."},
                                            {.name = "value",
                                             .kind = PARAM_TEXT,
                                             .offset = AT(value),
                                             .flags = PARAM_REQUIRED | PARAM_LOWER,
                                             .doc = "Its value."},
                                            PAGING_ROWS_BARE(struct label_form, paging),
                                            PARAM_END};
#undef AT

static void list_by_label(struct http_request *request)
{
    const struct label_form *asked = http_params(request);
    struct users_filter filter = {.label_key = asked->key, .label_value = asked->value};
    struct listing listing = request_page(request, &asked->paging);
    reply_users(request, &filter, &listing, &asked->paging, USER_ALONE);
}

/* ---- GET /admin/users/labels/list: how often each is ---- */

/* {"[\"email\", \"verified\"]": 3}: the text is the key, as the contract has it. */
static void count_labels(struct http_request *request)
{
    struct label_count *counts;
    size_t count;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!label_counts(call.db, call.arena, &counts, &count, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct str *out = http_reply_builder(request);
    AUTO(str_release) struct str key = STR_INIT(8 * LABEL_TEXT_SIZE);
    str_add_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        str_clear(&key);
        str_add_format(&key, "[\"%s\", \"%s\"]", counts[i].key, counts[i].value);
        str_add(out, i ? "," : "");
        json_write_string(out, str_data(&key));
        str_add_char(out, ':');
        str_add_u64(out, counts[i].count);
    }
    str_add_char(out, '}');
    http_reply_built(request, 200);
}

/* ---- GET /admin/users/:uid ---- */

struct uid_form {
    const char *uid;
};

static const struct param uid_params[] = {{.name = "uid",
                                           .kind = PARAM_TEXT,
                                           .offset = offsetof(struct uid_form, uid),
                                           .flags = PARAM_IN_PATH,
                                           .doc = "UID."},
                                          PARAM_END};

static void show(struct http_request *request)
{
    const struct uid_form *asked = http_params(request);
    struct user user;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (users_by_uid(call.db, call.arena, asked->uid, &user, &err)) {
        reply_user_with_kyc(request, &call, &user, 200);
        return;
    }
    if (err.code == ERR_NOT_FOUND)
        err.key = "admin.user.doesnt_exist";
    http_reply_err(request, &err);
}

/* ---- changes ---- */

#define AT(member) offsetof(struct admin_user_draft, member)
/* clang-format off */
#define UID_ROW                                                                                    \
    {.name = "uid", .kind = PARAM_TEXT, .offset = AT(uid),                                         \
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK, .doc = "UID of the user."}
#define STATE_ROW                                                                                  \
    {.name = "state", .kind = PARAM_TEXT, .offset = AT(state), .flags = PARAM_NOT_BLANK,           \
     .doc = "active, pending, banned, deleted, locked, or another word. Holds until a private label "\
            "changes: then the labels say it."}
#define OTP_ROW                                                                                    \
    {.name = "otp", .kind = PARAM_BOOL, .offset = AT(otp), .flags = PARAM_NOT_BLANK,               \
     .doc = "false: take the second factor away."}
/* clang-format on */

static const struct param update_params[] = {UID_ROW, STATE_ROW, OTP_ROW, PARAM_END};
static const struct param put_params[] = {UID_ROW,
                                          {.name = "email",
                                           .kind = PARAM_TEXT,
                                           .offset = AT(email),
                                           .flags = PARAM_NOT_BLANK,
                                           .doc = "E-mail address; for superadmins to change."},
                                          STATE_ROW,
                                          OTP_ROW,
                                          PARAM_END};
static const struct param role_params[] = {UID_ROW,
                                           {.name = "role",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(role),
                                            .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                            .doc = "A role that has permissions."},
                                           PARAM_END};
#undef AT

/* Two changes in one call: which of them was refused would not be clear. */
static bool is_one(const struct admin_user_draft *draft)
{
    return (draft->email != NULL) + (draft->state != NULL) + draft->otp.given == 1;
}

static void update(struct http_request *request)
{
    if (is_one(http_params(request)))
        admin_run(request, admin_user_update);
    else
        reply_one_code(request, "admin.user.one_of_state_otp");
}

static void put(struct http_request *request)
{
    if (is_one(http_params(request)))
        admin_run(request, admin_user_update);
    else
        reply_one_code(request, "admin.user.one_of_state_otp_email");
}

static void set_role(struct http_request *request)
{
    admin_run(request, admin_user_set_role);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.user", .subject = "User",    \
    .tag = "admin", .status = 200
#define LIST .method = "GET", ROUTE, .action = "read", .reply = user_fields, .reply_is_array = true
#define SAVE .action = "update", .params_size = sizeof(struct admin_user_draft)
const struct http_route admin_user_routes[] = {
    {LIST, .path = "/api/v2/admin/users", .handler = list, .params = list_params,
     .params_size = sizeof(struct list_form), .doc = "Users; `extended` shows their profiles too."},
    {.method = "POST",
     .path = "/api/v2/admin/users/update",
     ROUTE,
     SAVE,
     .handler = update,
     .params = update_params,
     .doc = "Change state or second factor."},
    {.method = "PUT",
     .path = "/api/v2/admin/users",
     ROUTE,
     SAVE,
     .handler = put,
     .params = put_params,
     .doc = "Change e-mail, state or second factor."},
    {.method = "POST",
     .path = "/api/v2/admin/users/role",
     ROUTE,
     SAVE,
     .handler = set_role,
     .params = role_params,
     .doc = "Change the role."},
    {LIST, .path = "/api/v2/admin/users/documents/pending", .handler = list_pending,
     .params = pending_params, .params_size = sizeof(struct list_form),
     .doc = "Users whose documents wait to be looked at; who waits longest comes first."},
    {.method = "GET",
     .path = "/api/v2/admin/users/labels/list",
     ROUTE,
     .handler = count_labels,
     .action = "read",
     .doc = "How many users have each private label."},
    {LIST, .path = "/api/v2/admin/users/labels", .handler = list_by_label, .params = label_params,
     .params_size = sizeof(struct label_form), .doc = "Users with a label, of either scope."},
    {.method = "GET",
     .path = "/api/v2/admin/users/:uid",
     ROUTE,
     .handler = show,
     .params = uid_params,
     .params_size = sizeof(struct uid_form),
     .action = "read",
     .reply = user_with_kyc_fields,
     .doc = "A user, with all that is known of him."},
    {.method = NULL}};
