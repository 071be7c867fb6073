#include "auth/actions/managed_label.h"

#include "auth/store/users.h"
#include "db/db.h"

struct setting {
    struct call *call;
    const char *uid;
    const struct label_change *change;
    bool may_create;
    struct label label;
};

static bool lock(const struct setting *setting, struct user *ret_user, struct err *err)
{
    return users_lock_by_uid(setting->call->db, setting->call->arena, setting->uid, ret_user, err);
}

static bool add_unit(struct db *db, void *arg, struct err *err)
{
    struct setting *setting = arg;
    struct user user;
    (void)db;
    return lock(setting, &user, err) &&
           label_add(setting->call, &user, setting->change, &setting->label, err);
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct setting *setting = arg;
    struct user user;
    (void)db;
    if (!lock(setting, &user, err))
        return false;
    if (label_change(setting->call, &user, setting->change, &setting->label, err))
        return true;
    if (err->code != ERR_NOT_FOUND)
        return false;
    err->key = "label doesnt exist";
    return setting->may_create &&
           label_add(setting->call, &user, setting->change, &setting->label, err);
}

static bool remove_unit(struct db *db, void *arg, struct err *err)
{
    struct setting *setting = arg;
    struct user user;
    (void)db;
    return lock(setting, &user, err) &&
           label_remove(setting->call, &user, setting->change->key, LABEL_PRIVATE, err);
}

bool managed_label_add(struct call *call, const char *uid, const struct label_change *change,
                       struct label *ret_label, struct err *err)
{
    struct setting setting = {.call = call, .uid = uid, .change = change};
    if (!db_transaction(call->db, add_unit, &setting, err))
        return false;
    *ret_label = setting.label;
    return true;
}

bool managed_label_change(struct call *call, const char *uid, const struct label_change *change,
                          bool may_create, struct label *ret_label, struct err *err)
{
    struct setting setting = {.call = call, .uid = uid, .change = change, .may_create = may_create};
    if (!db_transaction(call->db, change_unit, &setting, err))
        return false;
    *ret_label = setting.label;
    return true;
}

bool managed_label_remove(struct call *call, const char *uid, const char *key, struct err *err)
{
    const struct label_change change = {.key = key, .scope = LABEL_PRIVATE};
    struct setting setting = {.call = call, .uid = uid, .change = &change};
    return db_transaction(call->db, remove_unit, &setting, err);
}
