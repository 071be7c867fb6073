#include "auth/actions/operator_user.h"

#include "auth/actions/label_set.h"
#include "auth/actions/password_set.h"
#include "auth/actions/session.h"
#include "auth/actions/user_create.h"
#include "auth/domain/email.h"
#include "auth/store/users.h"
#include "db/db.h"

struct work {
    struct call *call;
    struct user_draft draft;
    const char *uid;
    struct user user;
};

static bool admin_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    const struct label_change label = {.key = "email", .value = "verified", .scope = LABEL_PRIVATE};
    (void)db;
    return user_create(work->call, &work->draft, &work->user, err) &&
           label_set(work->call, &work->user, &label, err);
}

bool operator_create_admin(struct call *call, const char *email, const char *password,
                           struct user *ret_user, struct err *err)
{
    struct work work = {.call = call};
    struct new_password made;
    if (!email_is_valid(email))
        return err_set_key(err, ERR_INVALID, "email.invalid", "no e-mail address: %s", email);
    if (!password_make(call, password, &made, err))
        return false;
    work.draft = (struct user_draft){
        .email = email, .password_digest = made.digest, .role = "superadmin", .state = "active"};
    if (!db_transaction(call->db, admin_unit, &work, err))
        return false;
    *ret_user = work.user;
    return true;
}

static bool end_unit(struct db *db, void *arg, struct err *err)
{
    struct work *work = arg;
    return users_lock_by_uid(db, work->call->arena, work->uid, &work->user, err) &&
           sessions_end_of_user(work->call, &work->user, NULL, err);
}

bool operator_end_sessions(struct call *call, const char *uid, struct err *err)
{
    struct work work = {.call = call, .uid = uid};
    return db_transaction(call->db, end_unit, &work, err);
}
