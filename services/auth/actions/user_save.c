#include "auth/actions/user_save.h"

#include <string.h>

#include "auth/actions/event.h"
#include "auth/store/api_keys.h"
#include "auth/store/changes.h"
#include "auth/store/oauth_endings.h"
#include "auth/store/service_accounts.h"
#include "auth/store/users.h"

static bool is_same(const struct user *a, const struct user *b)
{
    return strcmp(a->email, b->email) == 0 && strcmp(a->username, b->username) == 0 &&
           strcmp(a->role, b->role) == 0 && strcmp(a->state, b->state) == 0 &&
           a->level == b->level && a->otp == b->otp;
}

/* The keys of who may not use any, and of who gave up his second factor. */
static bool keys_stop(struct call *call, const struct user *user, struct err *err)
{
    const struct key_holder holder = {.user_id = user->id};
    const char *const *kids;
    size_t count;
    if (!api_keys_deactivate(call->db, call->arena, holder, call->now_us, &kids, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!change_announce(call->db, CHANGE_API_KEY, kids[i], err))
            return false;
    return true;
}

static bool accounts_follow(struct call *call, const struct user *before, const struct user *user,
                            struct err *err)
{
    const char *const *uids;
    size_t count;
    if (before->level == user->level && strcmp(before->state, user->state) == 0)
        return true;
    if (!service_accounts_follow(call->db, call->arena, user, before->state, call->now_us, &uids,
                                 &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!change_announce(call->db, CHANGE_SERVICE_ACCOUNT, uids[i], err))
            return false;
    return true;
}

bool user_save(struct call *call, struct user *user, const struct user *changed, struct err *err)
{
    if (is_same(user, changed))
        return true;
    struct user now = *changed;
    now.updated_at = call->now_us;
    if (!users_update(call->db, &now, call->now_us, err)) {
        if (err->code == ERR_CONFLICT)
            err->key = strstr(err->what, "username") ? "username.taken" : "email.taken";
        return false;
    }
    if (!event_user_updated(call->db, user, &now, err) ||
        !change_announce(call->db, CHANGE_USER, now.uid, err) ||
        !accounts_follow(call, user, &now, err))
        return false;
    bool was_active = strcmp(user->state, "active") == 0 && strcmp(now.state, "active") != 0;
    if ((was_active || (user->otp && !now.otp)) && !keys_stop(call, &now, err))
        return false;
    /* Who may not enter lets nobody in either. */
    if (user_may_enter(user) && !user_may_enter(&now) &&
        !oauth_end_user(call->db, now.id, "state", call->now_us, err))
        return false;
    *user = now;
    return true;
}
