#include "auth/actions/managed_user.h"

#include <string.h>

#include "auth/actions/password_set.h"
#include "auth/actions/profile_save.h"
#include "auth/actions/user_create.h"
#include "auth/actions/user_own.h"
#include "auth/actions/user_save.h"
#include "auth/domain/email.h"
#include "auth/store/permission_rows.h"
#include "auth/store/phones.h"
#include "auth/store/users.h"
#include "phone/phone.h"

struct making {
    struct call *call;
    struct user_draft draft;
    const struct user_import *import; /* NULL: none */
    struct mistakes *mistakes;
    struct user user;
};

static bool find_referrer(struct call *call, const char *uid, uint64_t *ret_id,
                          struct mistakes *mistakes, struct err *err)
{
    struct user referrer;
    if (!uid || !*uid)
        return true;
    if (users_by_uid(call->db, NULL, uid, &referrer, err)) {
        *ret_id = referrer.id;
        return true;
    }
    if (err->code != ERR_NOT_FOUND)
        return false;
    mistake_add(mistakes, "referral.doesnt_exist");
    return true;
}

/* The unique key speaks last: somebody may be faster than our look. */
static bool or_taken(struct making *making, struct err *err)
{
    if (err->code != ERR_CONFLICT || !err->key)
        return false;
    mistake_add(making->mistakes, err->key);
    return true;
}

/* ---- new ones ---- */

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct making *making = arg;
    (void)db;
    making->mistakes->count = 0;
    return user_create(making->call, &making->draft, &making->user, err);
}

static bool check_new(struct call *call, const char *email, struct mistakes *mistakes,
                      struct err *err)
{
    struct user taken;
    bool has_role;
    if (!email_is_valid(email))
        mistake_add(mistakes, "email.invalid");
    else if (users_by_email(call->db, NULL, email, &taken, err))
        mistake_add(mistakes, "email.taken");
    else if (err->code != ERR_NOT_FOUND)
        return false;
    if (!permissions_know_role(call->db, "member", &has_role, err))
        return false;
    if (!has_role)
        mistake_add(mistakes, "role.doesnt_exist");
    return true;
}

bool managed_user_create(struct call *call, const char *email, const char *password,
                         const char *referral_uid, struct mistakes *mistakes, struct user *ret_user,
                         struct err *err)
{
    struct making making = {.call = call, .draft = {.email = email}, .mistakes = mistakes};
    struct new_password made;
    if (!check_new(call, email, mistakes, err) ||
        !find_referrer(call, referral_uid, &making.draft.referral_id, mistakes, err))
        return false;
    if (!password_make(call, password, &made, err)) {
        if (err->code != ERR_INVALID || !err->key)
            return false;
        mistake_add(mistakes, err->key);
    }
    if (mistakes->count > 0)
        return true;
    making.draft.password_digest = made.digest;
    if (!db_transaction(call->db, create_unit, &making, err))
        return or_taken(&making, err);
    *ret_user = making.user;
    return true;
}

/* ---- changes ---- */

struct changing {
    struct call *call;
    const char *uid, *role, *data;
    struct mistakes *mistakes;
    struct user user;
};

static bool change_role(struct changing *changing, struct err *err)
{
    struct user changed = changing->user;
    bool known;
    if (!permissions_know_role(changing->call->db, changing->role, &known, err))
        return false;
    if (!known || strlen(changing->role) >= sizeof(changed.role)) {
        mistake_add(changing->mistakes, "role.doesnt_exist");
        return true;
    }
    memcpy(changed.role, changing->role, strlen(changing->role) + 1);
    return user_save(changing->call, &changing->user, &changed, err);
}

static bool change_data(struct changing *changing, struct err *err)
{
    if (user_set_data(changing->call, &changing->user, changing->data, err))
        return true;
    if (err->code != ERR_INVALID || !err->key)
        return false;
    mistake_add(changing->mistakes, err->key);
    return true;
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct changing *changing = arg;
    changing->mistakes->count = 0;
    if (!users_lock_by_uid(db, changing->call->arena, changing->uid, &changing->user, err))
        return false;
    if (changing->data && !change_data(changing, err))
        return false;
    if (changing->mistakes->count == 0 && changing->role && !change_role(changing, err))
        return false;
    /* One mistake undoes the other change too. */
    return changing->mistakes->count == 0 || err_set(err, ERR_INVALID, "a rule is broken");
}

bool managed_user_change(struct call *call, const char *uid, const char *role, const char *data,
                         struct mistakes *mistakes, struct user *ret_user, struct err *err)
{
    struct changing changing = {
        .call = call, .uid = uid, .role = role, .data = data, .mistakes = mistakes};
    if (!db_transaction(call->db, change_unit, &changing, err))
        return mistakes->count > 0 && err->code == ERR_INVALID;
    *ret_user = changing.user;
    return true;
}

/* ---- imports ---- */

bool managed_phone_add(struct call *call, const struct user *user, const char *number,
                       struct mistakes *mistakes, struct err *err)
{
    struct phone phone = {.user_id = user->id, .validated_at = call->now_us};
    struct phone_number parsed;
    if (!phone_parse(number, &parsed)) {
        mistake_add(mistakes, "number.invalid");
        return true;
    }
    memcpy(phone.country, parsed.country, sizeof(phone.country));
    memcpy(phone.number, parsed.digits, sizeof(phone.number));
    if (phones_insert(call->db, call->app->secrets, call->arena, &phone, call->now_us, err))
        return true;
    if (err->code != ERR_CONFLICT)
        return false;
    mistake_add(mistakes, "number.taken");
    return true;
}

static bool import_rest(struct making *making, struct err *err)
{
    const struct user_import *import = making->import;
    struct profile profile;
    if (import->phone && *import->phone &&
        !managed_phone_add(making->call, &making->user, import->phone, making->mistakes, err))
        return false;
    const struct profile_filing filing = {.draft = import->profile, .state = import->profile_state};
    return !import->has_profile ||
           profile_file(making->call, &making->user, &filing, making->mistakes, &profile, err);
}

static bool import_unit(struct db *db, void *arg, struct err *err)
{
    struct making *making = arg;
    (void)db;
    making->mistakes->count = 0;
    if (!user_create(making->call, &making->draft, &making->user, err) || !import_rest(making, err))
        return false;
    return making->mistakes->count == 0 || err_set(err, ERR_INVALID, "a rule is broken");
}

/* Only what password_verify() can check later; a digest of today's kind would be a way to set a
 * password that no rule has seen, and an import has bcrypt. */
static bool is_bcrypt(const char *digest)
{
    return strncmp(digest, "$2", 2) == 0 && strlen(digest) == 60 && password_hash_is_known(digest);
}

bool managed_user_import(struct call *call, const struct user_import *import,
                         struct mistakes *mistakes, struct user *ret_user, struct err *err)
{
    struct making making = {.call = call,
                            .draft = {.uid = import->uid,
                                      .email = import->email,
                                      .password_digest = import->password_digest},
                            .import = import,
                            .mistakes = mistakes};
    if (!email_is_valid(import->email))
        mistake_add(mistakes, "email.invalid");
    if (!is_bcrypt(import->password_digest))
        mistake_add(mistakes, "password_digest.invalid");
    if (!find_referrer(call, import->referral_uid, &making.draft.referral_id, mistakes, err))
        return false;
    if (mistakes->count > 0)
        return true;
    if (!db_transaction(call->db, import_unit, &making, err))
        return mistakes->count > 0 && err->code == ERR_INVALID;
    *ret_user = making.user;
    return true;
}
