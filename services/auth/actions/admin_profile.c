#include "auth/actions/admin_profile.h"

#include <stddef.h>
#include <string.h>

#include "auth/actions/admin_user.h"
#include "auth/actions/audit.h"
#include "auth/actions/event_person.h"
#include "auth/actions/profile_save.h"
#include "auth/state/config.h"
#include "auth/state/rules.h"
#include "auth/store/data_storages.h"
#include "auth/store/profiles.h"

/* The log is not sealed: it says which profile and what became of it, not who the person is. */
struct shown {
    uint64_t id;
    const char *state, *author;
};

static const struct json_field profile_audit_fields[] = {
    {"id", JSON_U64, offsetof(struct shown, id)},
    {"state", JSON_TEXT, offsetof(struct shown, state)},
    {"author", JSON_TEXT, offsetof(struct shown, author)},
    {NULL},
};

static struct shown shown_of(const struct profile *profile)
{
    return (struct shown){profile->id, profile_state_name(profile->state), profile->author};
}

bool admin_profile_record(struct call *call, const struct user *admin, const struct user *user,
                          const struct profile *before, const struct profile *after,
                          struct err *err)
{
    struct shown then = {0}, now = shown_of(after);
    if (before)
        then = shown_of(before);
    struct audit audit = {.topic = "profiles",
                          .action = before ? "update" : "create",
                          .target_uid = user->uid,
                          .fields = profile_audit_fields,
                          .before = before ? &then : NULL,
                          .after = &now};
    return audit_record(call, admin, &audit, err);
}

/* ---- judging ---- */

struct judging {
    struct call *call;
    const struct user *admin;
    const char *uid;
    enum profile_state state;
    struct profile result;
};

static bool lock(const struct judging *judging, struct user *ret_user, struct err *err)
{
    if (admin_user_lock(judging->call, judging->admin, judging->uid, ret_user, err))
        return true;
    if (err->code == ERR_INVALID)
        err->key = "admin.profiles.superadmin_change";
    return false;
}

/* Who filed it does not approve it alone, unless his role may. */
static bool second_eyes(const struct judging *judging, const struct profile *profile,
                        struct err *err)
{
    const struct auth *app = judging->call->app;
    if (!app->config->profile_double_verification || !profile->author ||
        strcmp(profile->author, judging->admin->uid) != 0 ||
        rules_has(app->rules, RULES_PROFILE_VERIFICATION_ROLES, judging->admin->role))
        return true;
    return err_set_key(err, ERR_INVALID, "admin.profiles.second_admin_approval",
                       "the author judges his own");
}

static bool judge_unit(struct db *db, void *arg, struct err *err)
{
    struct judging *judging = arg;
    struct call *call = judging->call;
    struct profile profile;
    struct user user;
    if (!lock(judging, &user, err))
        return false;
    if (!profiles_find(db, call->app->secrets, call->arena, user.id, PROFILE_SUBMITTED, &profile,
                       err)) {
        if (err->code == ERR_NOT_FOUND)
            err->key = "admin.profiles.doesnt_exist_or_not_editable";
        return false;
    }
    const struct profile before = profile;
    if (!second_eyes(judging, &profile, err) ||
        !profile_judge(call, &user, &profile, judging->state, err))
        return false;
    judging->result = profile;
    return admin_profile_record(call, judging->admin, &user, &before, &profile, err);
}

bool admin_profile_judge(struct call *call, const struct user *admin, const char *uid,
                         enum profile_state state, struct profile *ret_profile, struct err *err)
{
    struct judging judging = {.call = call, .admin = admin, .uid = uid, .state = state};
    if (!db_transaction(call->db, judge_unit, &judging, err))
        return false;
    *ret_profile = judging.result;
    return true;
}

/* ---- data storages ---- */

struct removing {
    struct call *call;
    const struct user *admin;
    const char *uid, *title;
    struct user user;
};

static const struct json_field storage_fields[] = {
    {"title", JSON_TEXT, offsetof(struct removing, title)},
    {NULL},
};

static bool remove_unit(struct db *db, void *arg, struct err *err)
{
    struct removing *removing = arg;
    if (!admin_user_lock(removing->call, removing->admin, removing->uid, &removing->user, err))
        return false;
    if (!data_storages_delete(db, removing->user.id, removing->title, err)) {
        if (err->code == ERR_NOT_FOUND)
            err->key = "admin.storage.doesnt_exist";
        return false;
    }
    struct audit audit = {.topic = "users",
                          .action = "delete",
                          .target_uid = removing->user.uid,
                          .fields = storage_fields,
                          .before = removing};
    return audit_record(removing->call, removing->admin, &audit, err);
}

bool admin_storage_remove(struct call *call, const struct user *admin, const char *uid,
                          const char *title, struct user *ret_user, struct err *err)
{
    struct removing removing = {.call = call, .admin = admin, .uid = uid, .title = title};
    if (!db_transaction(call->db, remove_unit, &removing, err))
        return false;
    *ret_user = removing.user;
    return true;
}
