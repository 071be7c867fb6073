/* /management/users, /management/profiles: people, for other servers. */
#include "auth/actions/managed_user.h"
#include "auth/actions/profile_save.h"
#include "auth/http/admin_user_view.h"
#include "auth/http/management_support.h"
#include "auth/http/profile_params.h"
#include "auth/store/phones.h"
#include "auth/store/users.h"
#include "auth/store/users_list.h"
#include "phone/phone.h"

#include <string.h>

/* ---- POST /users/get ---- */

struct get_form {
    const char *uid, *email, *phone_num;
};

#define AT(member) offsetof(struct get_form, member)
static const struct param get_params[] = {
    {M_ROW("uid", PARAM_TEXT, AT(uid), 0), .doc = "UID."},
    {M_ROW("email", PARAM_TEXT, AT(email), 0), .doc = "E-mail address."},
    {M_ROW("phone_num", PARAM_TEXT, AT(phone_num), 0), .doc = "A number that the user verified."},
    PARAM_END};
#undef AT

static bool find_by_phone(struct call *call, const char *number, struct user *ret_user,
                          struct err *err)
{
    struct phone_number parsed;
    uint64_t id;
    if (!phone_parse(number, &parsed))
        return err_set(err, ERR_NOT_FOUND, "no such number");
    return phones_owner(call->db, call->app->secrets, parsed.digits, &id, err) &&
           users_by_id(call->db, call->arena, id, ret_user, err);
}

static void get(struct http_request *request)
{
    static const char *const names[] = {"uid", "email", "phone_num", NULL};
    const struct get_form *asked = http_params(request);
    struct user user;
    struct call call;
    struct err err;
    if (!exactly_one_given(request, names) || !request_call(request, &call))
        return;
    bool found = asked->uid ? users_by_uid(call.db, call.arena, asked->uid, &user, &err)
                 : asked->email
                     ? users_by_email(call.db, call.arena, asked->email, &user, &err)
                     : find_by_phone(&call, asked->phone_num ? asked->phone_num : "", &user, &err);
    if (found)
        reply_user_with_kyc(request, &call, &user, 201);
    else
        http_reply_err(request, &err);
}

/* ---- POST /users/list ---- */

struct list_form {
    struct param_bool extended;
    const char *uid, *email, *role, *country, *state;
    struct param_i64 level;
    struct times times;
    struct paging paging;
};

#define AT(member) offsetof(struct list_form, member)
static const struct param list_params[] = {
    {M_ROW("extended", PARAM_BOOL, AT(extended), 0), .fallback = "false",
     .doc = "Show profiles too."},
    {M_ROW("uid", PARAM_TEXT, AT(uid), 0), .doc = "UID."},
    {M_ROW("email", PARAM_TEXT, AT(email), 0), .doc = "E-mail address."},
    {M_ROW("role", PARAM_TEXT, AT(role), 0), .doc = "Role."},
    {M_ROW("country", PARAM_TEXT, AT(country), 0), .doc = "Country of one of the profiles."},
    {M_ROW("level", PARAM_I64, AT(level), 0), .doc = "Level."},
    {M_ROW("state", PARAM_TEXT, AT(state), 0), .doc = "State."},
    TIMES_ROWS(struct list_form, times, "range does not have a valid value"),
    PAGING_ROWS_BARE(struct list_form, paging),
    PARAM_END};
#undef AT

static void list(struct http_request *request)
{
    const struct list_form *asked = http_params(request);
    struct users_filter filter = {.uid = asked->uid,
                                  .email = asked->email,
                                  .role = asked->role,
                                  .country = asked->country,
                                  .state = asked->state,
                                  .level = asked->level,
                                  .by_update = times_are_of_update(&asked->times),
                                  .from = asked->times.from,
                                  .to = asked->times.to};
    struct listing listing = request_page(request, &asked->paging);
    reply_users(request, &filter, &listing, &asked->paging,
                asked->extended.value ? USER_WITH_PROFILES : USER_ALONE);
}

/* ---- POST /users ---- */

struct create_form {
    const char *email, *password, *referral_uid;
};

#define AT(member) offsetof(struct create_form, member)
static const struct param create_params[] = {
    {M_ROW("email", PARAM_TEXT, AT(email), M_NEEDED), .doc = "E-mail address."},
    {M_ROW("password", PARAM_TEXT, AT(password), M_NEEDED), .doc = "Password."},
    {M_ROW("referral_uid", PARAM_TEXT, AT(referral_uid), 0), .doc = "UID of who brought him."},
    PARAM_END};
#undef AT

/* What is wrong with the parameters, else the user as he is now. */
static void reply_saved(struct http_request *request, struct call *call,
                        const struct mistakes *mistakes, const struct user *user)
{
    if (mistakes->count > 0)
        reply_sentences(request, mistakes->codes, mistakes->count);
    else
        reply_user_with_profiles(request, call, user, 201);
}

static void create(struct http_request *request)
{
    const struct create_form *asked = http_params(request);
    struct mistakes mistakes = {.count = 0};
    struct user user;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!managed_user_create(&call, asked->email, asked->password, asked->referral_uid, &mistakes,
                             &user, &err))
        http_reply_err(request, &err);
    else
        reply_saved(request, &call, &mistakes, &user);
}

/* ---- POST /users/update ---- */

struct update_form {
    const char *uid, *role, *data;
};

#define AT(member) offsetof(struct update_form, member)
static const struct param update_params[] = {
    {M_ROW("uid", PARAM_TEXT, AT(uid), M_NEEDED), .doc = "UID of the user."},
    {M_ROW("role", PARAM_TEXT, AT(role), PARAM_NOT_BLANK), .doc = "A role with permissions."},
    {M_ROW("data", PARAM_TEXT, AT(data), PARAM_NOT_BLANK), .doc = "JSON text."},
    PARAM_END};
#undef AT

/* The contract has 422 here, and its word. */
static void reply_no_user(struct http_request *request, const struct err *err)
{
    if (err->code == ERR_NOT_FOUND)
        reply_sentence(request, "user.doesnt_exist");
    else
        http_reply_err(request, err);
}

static void update(struct http_request *request)
{
    const struct update_form *asked = http_params(request);
    struct mistakes mistakes = {.count = 0};
    struct user user;
    struct call call;
    struct err err;
    if (!asked->role && !asked->data) {
        reply_sentence(request, "role, data are missing, at least one parameter must be provided");
        return;
    }
    if (!request_call(request, &call))
        return;
    if (!managed_user_change(&call, asked->uid, asked->role, asked->data, &mistakes, &user, &err))
        reply_no_user(request, &err);
    else
        reply_saved(request, &call, &mistakes, &user);
}

/* ---- POST /users/import, /profiles ---- */

struct person_form {
    const char *uid, *email, *password_digest, *referral_uid, *phone, *state;
    struct profile_draft draft;
};

#define AT(member) offsetof(struct person_form, member)
#define STATE_ROW(doc_)                                                                            \
    {                                                                                              \
        M_ROW("state", PARAM_TEXT, AT(state), 0), .values = "drafted submitted verified rejected", \
                                                  .doc = doc_                                      \
    }
static const struct param import_params[] = {
    {M_ROW("email", PARAM_TEXT, AT(email), M_NEEDED), .doc = "E-mail address."},
    {M_ROW("password_digest", PARAM_TEXT, AT(password_digest), M_NEEDED), .doc = "bcrypt digest."},
    {M_ROW("referral_uid", PARAM_TEXT, AT(referral_uid), 0), .doc = "UID of who brought him."},
    {M_ROW("phone", PARAM_TEXT, AT(phone), 0), .doc = "A number that was verified there."},
    STATE_ROW("State of the profile; submitted unless given."),
    PROFILE_ROWS(struct person_form, draft),
    PARAM_END};

static const struct param profile_params[] = {
    {M_ROW("uid", PARAM_TEXT, AT(uid), M_NEEDED), .doc = "UID of the user."},
    STATE_ROW("State; submitted unless given."),
    PROFILE_ROWS(struct person_form, draft),
    PARAM_END};
#undef AT

static enum profile_state state_of(const struct person_form *asked)
{
    enum profile_state state = PROFILE_SUBMITTED;
    if (asked->state && *asked->state && !profile_state_parse(asked->state, &state))
        UNREACHABLE("the row lists the words");
    return state;
}

static bool has_profile(const struct profile_draft *draft)
{
    return draft->first_name || draft->last_name || draft->dob || draft->address ||
           draft->postcode || draft->city || draft->country || draft->metadata;
}

static void import_one(struct http_request *request)
{
    const struct person_form *asked = http_params(request);
    const struct user_import import = {.email = asked->email,
                                       .password_digest = asked->password_digest,
                                       .referral_uid = asked->referral_uid,
                                       .phone = asked->phone,
                                       .profile = asked->draft,
                                       .has_profile = has_profile(&asked->draft),
                                       .profile_state = state_of(asked)};
    struct mistakes mistakes = {.count = 0};
    struct user user;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (managed_user_import(&call, &import, &mistakes, &user, &err))
        reply_saved(request, &call, &mistakes, &user);
    else if (err.code == ERR_CONFLICT)
        reply_sentence(request, "User already exists by this email");
    else
        http_reply_err(request, &err);
}

static void file_profile(struct http_request *request)
{
    const struct person_form *asked = http_params(request);
    const struct profile_filing filing = {.draft = asked->draft, .state = state_of(asked)};
    struct mistakes mistakes = {.count = 0};
    struct profile profile;
    struct user user;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!users_by_uid(call.db, call.arena, asked->uid, &user, &err))
        reply_no_user(request, &err);
    else if (!profile_create(&call, user.id, &filing, &mistakes, &profile, &err))
        http_reply_err(request, &err);
    else
        reply_saved(request, &call, &mistakes, &user);
}

#define ROUTE(path_)                                                                               \
    .method = "POST", .path = "/api/v2/management/" path_, .access = ACCESS_MANAGEMENT,            \
    .class_name = "management.user", .tag = "management"
#define FORM(rows, type) .params = (rows), .params_size = sizeof(struct type)
const struct http_route management_user_routes[] = {
    {ROUTE("users/get"), .mode = HTTP_WORKER, .handler = get, FORM(get_params, get_form),
     .reply = user_with_kyc_fields, .status = 201, .subject = "read_users",
     .doc = "A user, with all that is known of him."},
    {ROUTE("users/list"), .mode = HTTP_WORKER, .handler = list, FORM(list_params, list_form),
     .reply = user_fields, .reply_is_array = true, .status = 200, .subject = "read_users",
     .doc = "Users; `extended` shows their profiles too."},
    {ROUTE("users"), .mode = HTTP_HEAVY, .handler = create, FORM(create_params, create_form),
     .reply = user_with_profile_fields, .status = 201, .subject = "write_users",
     .doc = "Add a user; he is pending."},
    {ROUTE("users/update"), .mode = HTTP_WORKER, .handler = update,
     FORM(update_params, update_form), .reply = user_with_profile_fields, .status = 201,
     .subject = "write_users", .doc = "Change role or data of a user."},
    {ROUTE("users/import"), .mode = HTTP_WORKER, .handler = import_one,
     FORM(import_params, person_form), .reply = user_with_profile_fields, .status = 201,
     .subject = "write_users", .doc = "Add a user of another platform, with his bcrypt digest."},
    {ROUTE("profiles"), .mode = HTTP_WORKER, .handler = file_profile,
     FORM(profile_params, person_form), .reply = user_with_profile_fields, .status = 201,
     .subject = "write_users", .doc = "File a profile of a user."},
    {.method = NULL}};
