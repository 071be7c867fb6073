#include "auth/actions/admin_user.h"

#include <string.h>

#include "auth/actions/audit.h"
#include "auth/actions/label_set.h"
#include "auth/actions/user_save.h"
#include "auth/domain/email.h"
#include "auth/store/permission_rows.h"
#include "auth/store/users.h"
#include "db/db.h"

static const char superadmin[] = "superadmin";

static bool is_superadmin(const struct user *user)
{
    return strcmp(user->role, superadmin) == 0;
}

static bool refuse(struct err *err, const char *key)
{
    return err_set_key(err, ERR_INVALID, key, "%s", key);
}

bool admin_user_lock(struct call *call, const struct user *admin, const char *uid,
                     struct user *ret_user, struct err *err)
{
    struct user user;
    if (!users_lock_by_uid(call->db, call->arena, uid, &user, err)) {
        if (err->code == ERR_NOT_FOUND)
            err->key = "admin.user.doesnt_exist";
        return false;
    }
    if (is_superadmin(&user) && !is_superadmin(admin))
        return refuse(err, "admin.user.superadmin_change");
    *ret_user = user;
    return true;
}

struct change {
    struct call *call;
    const struct user *admin;
    const struct admin_user_draft *draft;
};

static bool lock_another(const struct change *change, struct user *ret_user, struct err *err)
{
    if (!admin_user_lock(change->call, change->admin, change->draft->uid, ret_user, err))
        return false;
    return ret_user->id != change->admin->id || refuse(err, "admin.user.update_himself");
}

/* Words of the tables: short, lower case, so that nothing odd gets into tokens and events. */
static bool is_word(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    return length > 0 && length < USER_WORD_SIZE && text[length] == '\0';
}

/* ---- state, second factor, e-mail ---- */

static bool set_state(struct user *user, const char *state, struct err *err)
{
    if (!is_word(state))
        return refuse(err, "state.invalid");
    if (strcmp(user->state, state) == 0)
        return refuse(err, "admin.user.state_no_change");
    memcpy(user->state, state, strlen(state) + 1);
    return true;
}

static bool set_otp(struct user *user, bool otp, struct err *err)
{
    if (otp)
        return refuse(err, "admin.user.enable_2fa");
    if (!user->otp)
        return refuse(err, "admin.user.otp_no_change");
    user->otp = false;
    return true;
}

static bool set_email(struct user *user, const char *email, const struct user *admin,
                      struct err *err)
{
    if (!is_superadmin(admin))
        return refuse(err, "superadmin.user.update_email");
    if (strcmp(user->email, email) == 0)
        return refuse(err, "admin.user.email_no_change");
    if (!email_is_valid(email))
        return refuse(err, "email.invalid");
    memcpy(user->email, email, strlen(email) + 1); /* a valid one fits */
    return true;
}

static bool apply(const struct change *change, struct user *user, struct err *err)
{
    const struct admin_user_draft *draft = change->draft;
    if (draft->email)
        return set_email(user, draft->email, change->admin, err);
    if (draft->state)
        return set_state(user, draft->state, err);
    assert(draft->otp.given);
    return set_otp(user, draft->otp.value, err);
}

/* The label says that the second factor is on. Removing it counts level and state anew, so the state
 * is what the labels say, as after any change of a private label. */
static bool drop_otp_label(struct call *call, struct user *user, struct err *err)
{
    return label_remove(call, user, "otp", LABEL_PRIVATE, err) || err->code == ERR_NOT_FOUND;
}

static bool audit_change(const struct change *change, const struct user *before,
                         const struct user *after, struct err *err)
{
    struct audit audit = {.topic = "users",
                          .action = "update",
                          .target_uid = after->uid,
                          .fields = audit_user_fields,
                          .before = before,
                          .after = after};
    return audit_record(change->call, change->admin, &audit, err);
}

static bool update_unit(struct db *db, void *arg, struct err *err)
{
    struct change *change = arg;
    struct call *call = change->call;
    struct user user, before, changed;
    (void)db;
    if (!lock_another(change, &user, err))
        return false;
    before = changed = user;
    if (!apply(change, &changed, err) || !user_save(call, &user, &changed, err))
        return false;
    if (before.otp && !user.otp && !drop_otp_label(call, &user, err))
        return false;
    return audit_change(change, &before, &user, err);
}

bool admin_user_update(struct call *call, const struct user *admin, const void *draft,
                       struct err *err)
{
    struct change change = {call, admin, draft};
    return db_transaction(call->db, update_unit, &change, err);
}

/* ---- role ---- */

static bool role_unit(struct db *db, void *arg, struct err *err)
{
    struct change *change = arg;
    const char *role = change->draft->role;
    struct user user, before, changed;
    bool known;
    if (!lock_another(change, &user, err))
        return false;
    if (strcmp(user.role, role) == 0)
        return refuse(err, "admin.user.role_no_change");
    if (!is_word(role))
        return refuse(err, "role.doesnt_exist");
    if (!permissions_know_role(db, role, &known, err))
        return false;
    if (!known)
        return refuse(err, "role.doesnt_exist");
    /* Who is no superadmin can't make one: of nobody, and so not of a friend. */
    if (strcmp(role, superadmin) == 0 && !is_superadmin(change->admin))
        return refuse(err, "admin.user.superadmin_change");
    before = changed = user;
    memcpy(changed.role, role, strlen(role) + 1);
    if (!user_save(change->call, &user, &changed, err))
        return false;
    return audit_change(change, &before, &user, err);
}

bool admin_user_set_role(struct call *call, const struct user *admin, const void *draft,
                         struct err *err)
{
    struct change change = {call, admin, draft};
    return db_transaction(call->db, role_unit, &change, err);
}
