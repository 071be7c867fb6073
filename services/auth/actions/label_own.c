#include "auth/actions/label_own.h"

#include "auth/actions/label_set.h"
#include "auth/store/labels.h"
#include "auth/store/users.h"

bool label_own_find(struct call *call, const struct user *user, const char *key,
                    struct label *ret_label, struct err *err)
{
    char normal[LABEL_TEXT_SIZE];
    if (!label_normalise(key, normal))
        return err_set(err, ERR_NOT_FOUND, "no such label");
    if (labels_find(call->db, call->arena, user->id, normal, LABEL_PUBLIC, ret_label, err))
        return true;
    return err->code == ERR_NOT_FOUND &&
           labels_find(call->db, call->arena, user->id, normal, LABEL_PRIVATE, ret_label, err);
}

/* ---- one transaction: the row of the user is locked, then the label moves ---- */

struct own {
    struct call *call;
    uint64_t user_id;
    struct label_change change; /* value NULL: it is removed */
    bool is_new;
    struct label result;
};

static bool check_room(struct call *call, const struct user *user, struct err *err)
{
    struct label *labels;
    size_t count, publics = 0;
    if (!labels_of_user(call->db, call->arena, user->id, &labels, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        publics += labels[i].scope == LABEL_PUBLIC;
    return publics < LABELS_PUBLIC_MAX ||
           err_set_key(err, ERR_INVALID, "resource.labels.limit_reached", "%zu labels", publics);
}

static bool check_scope(struct own *own, const struct user *user, struct err *err)
{
    struct label label;
    if (!label_own_find(own->call, user, own->change.key, &label, err))
        return false;
    return label.scope == LABEL_PUBLIC ||
           err_set_key(err, ERR_REQUEST_INVALID, "resource.labels.private", "a private label");
}

static bool unit(struct db *db, void *arg, struct err *err)
{
    struct own *own = arg;
    struct call *call = own->call;
    struct user user;
    if (!users_lock_by_id(db, call->arena, own->user_id, &user, err))
        return false;
    if (own->is_new)
        return check_room(call, &user, err) &&
               label_add(call, &user, &own->change, &own->result, err);
    if (!check_scope(own, &user, err))
        return false;
    return own->change.value ? label_change(call, &user, &own->change, &own->result, err)
                             : label_remove(call, &user, own->change.key, LABEL_PUBLIC, err);
}

static bool run(struct own *own, struct label *ret_label, struct err *err)
{
    own->change.scope = LABEL_PUBLIC;
    if (!db_transaction(own->call->db, unit, own, err))
        return false;
    if (ret_label)
        *ret_label = own->result;
    return true;
}

bool label_own_add(struct call *call, const struct user *user, const char *key, const char *value,
                   struct mistakes *mistakes, struct label *ret_label, struct err *err)
{
    struct own own = {.call = call,
                      .user_id = user->id,
                      .change = {.key = key, .value = value, .mistakes = mistakes},
                      .is_new = true};
    return run(&own, ret_label, err);
}

bool label_own_change(struct call *call, const struct user *user, const char *key,
                      const char *value, struct mistakes *mistakes, struct label *ret_label,
                      struct err *err)
{
    struct own own = {.call = call,
                      .user_id = user->id,
                      .change = {.key = key, .value = value, .mistakes = mistakes}};
    return run(&own, ret_label, err);
}

bool label_own_remove(struct call *call, const struct user *user, const char *key, struct err *err)
{
    struct own own = {.call = call, .user_id = user->id, .change = {.key = key}};
    return run(&own, NULL, err);
}
