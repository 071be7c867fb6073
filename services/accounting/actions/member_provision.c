#include "accounting/actions/member_provision.h"

#include "accounting/actions/accounting.h"
#include "accounting/store/members.h"

#include <string.h>

bool member_is_current(const struct member *row, const struct member *claims)
{
    return row->level == claims->level && strcmp(row->email, claims->email) == 0 &&
           strcmp(row->username, claims->username) == 0 && strcmp(row->role, claims->role) == 0 &&
           strcmp(row->state, claims->state) == 0;
}

static bool find_or_insert(struct db *db, const struct member *claims, struct member *ret_member,
                           struct err *err)
{
    if (members_by_uid(db, claims->uid, ret_member, err))
        return true;
    if (err->code != ERR_NOT_FOUND)
        return false;
    /* Somebody else may insert the same member meanwhile: then theirs is the one. */
    if (!members_insert(db, claims, err)) {
        if (err->code != ERR_CONFLICT)
            return false;
        struct err conflict = *err;
        if (members_by_uid(db, claims->uid, ret_member, err))
            return true;
        if (err->code == ERR_NOT_FOUND)
            *err = conflict;
        return false;
    }
    return members_by_uid(db, claims->uid, ret_member, err);
}

bool member_provision(struct accounting *app, struct db *db, const struct member *claims,
                      struct member *ret_member, struct err *err)
{
    struct member row;
    if (!find_or_insert(db, claims, &row, err))
        return err_wrap(err, "member %s", claims->uid);
    if (!member_is_current(&row, claims)) {
        if (!members_update(db, claims, err) || !members_by_uid(db, claims->uid, &row, err))
            return err_wrap(err, "member %s", claims->uid);
    }
    member_cache_put(app->members, &row);
    *ret_member = row;
    return true;
}
