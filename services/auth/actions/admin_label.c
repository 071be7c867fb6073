#include "auth/actions/admin_label.h"

#include "auth/actions/admin_user.h"
#include "auth/actions/audit.h"
#include "auth/store/labels.h"
#include "db/db.h"

struct change {
    struct call *call;
    const struct user *admin;
    const struct admin_label_draft *draft;
};

static bool record(const struct change *change, const struct user *user, const char *action,
                   const struct label *before, const struct label *after, struct err *err)
{
    struct audit audit = {.topic = "users",
                          .action = action,
                          .target_uid = user->uid,
                          .fields = audit_label_fields,
                          .before = before,
                          .after = after};
    return audit_record(change->call, change->admin, &audit, err);
}

static bool lock(const struct change *change, struct user *ret_user, struct err *err)
{
    return admin_user_lock(change->call, change->admin, change->draft->uid, ret_user, err);
}

/* As it is before the change; ERR_NOT_FOUND with the key of the contract. */
static bool find(const struct change *change, const struct user *user, struct label *ret_label,
                 struct err *err)
{
    const struct label_change *wanted = &change->draft->label;
    char key[LABEL_TEXT_SIZE];
    if (!label_normalise(wanted->key, key))
        return err_set_key(err, ERR_NOT_FOUND, "admin.label.doesnt_exist", "no such label");
    if (labels_find(change->call->db, change->call->arena, user->id, key, wanted->scope, ret_label,
                    err))
        return true;
    if (err->code == ERR_NOT_FOUND)
        err->key = "admin.label.doesnt_exist";
    return false;
}

static bool add(const struct change *change, struct user *user, struct err *err)
{
    struct label label;
    return label_add(change->call, user, &change->draft->label, &label, err) &&
           record(change, user, "create", NULL, &label, err);
}

static bool add_unit(struct db *db, void *arg, struct err *err)
{
    struct change *change = arg;
    struct user user;
    (void)db;
    return lock(change, &user, err) && add(change, &user, err);
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct change *change = arg;
    struct label before, label;
    struct user user;
    (void)db;
    if (!lock(change, &user, err))
        return false;
    if (!find(change, &user, &before, err))
        return err->code == ERR_NOT_FOUND && change->draft->may_create && add(change, &user, err);
    return label_change(change->call, &user, &change->draft->label, &label, err) &&
           record(change, &user, "update", &before, &label, err);
}

static bool remove_unit(struct db *db, void *arg, struct err *err)
{
    struct change *change = arg;
    struct label before;
    struct user user;
    (void)db;
    return lock(change, &user, err) && find(change, &user, &before, err) &&
           label_remove(change->call, &user, before.key, before.scope, err) &&
           record(change, &user, "delete", &before, NULL, err);
}

static bool run(db_unit *unit, struct call *call, const struct user *admin,
                const struct admin_label_draft *draft, struct err *err)
{
    struct change change = {call, admin, draft};
    return db_transaction(call->db, unit, &change, err);
}

bool admin_label_add(struct call *call, const struct user *admin,
                     const struct admin_label_draft *draft, struct err *err)
{
    return run(add_unit, call, admin, draft, err);
}

bool admin_label_change(struct call *call, const struct user *admin,
                        const struct admin_label_draft *draft, struct err *err)
{
    return run(change_unit, call, admin, draft, err);
}

bool admin_label_remove(struct call *call, const struct user *admin,
                        const struct admin_label_draft *draft, struct err *err)
{
    return run(remove_unit, call, admin, draft, err);
}
