#include "auth/actions/user_create.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "auth/actions/event.h"
#include "auth/state/config.h"
#include "auth/store/users.h"
#include "base/random.h"

enum { UID_BYTES = 5, UID_PREFIX_MAX = 6 };

void uid_new(const char *prefix, char ret_uid[static USER_UID_SIZE])
{
    uint8_t bytes[UID_BYTES];
    size_t length = 0;
    for (; prefix[length] && length < UID_PREFIX_MAX; length++)
        ret_uid[length] = (char)toupper((unsigned char)prefix[length]);
    random_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        length += (size_t)snprintf(ret_uid + length, USER_UID_SIZE - length, "%02X", bytes[i]);
}

static bool copy(char *room, size_t size, const char *text, struct err *err)
{
    if (strlen(text) >= size)
        return err_set(err, ERR_INVALID, "a text of a user is above %zu bytes", size - 1);
    memcpy(room, text, strlen(text) + 1);
    return true;
}

static bool fill(struct call *call, const struct user_draft *draft, struct user *user,
                 struct err *err)
{
    if (draft->uid ? !copy(user->uid, sizeof(user->uid), draft->uid, err) : false)
        return false;
    if (!draft->uid)
        uid_new(call->app->config->uid_prefix, user->uid);
    user->data = draft->data;
    user->referral_id = draft->referral_id;
    return copy(user->email, sizeof(user->email), draft->email, err) &&
           copy(user->username, sizeof(user->username), draft->username ? draft->username : "",
                err) &&
           copy(user->role, sizeof(user->role), draft->role ? draft->role : "member", err) &&
           copy(user->state, sizeof(user->state), draft->state ? draft->state : "pending", err);
}

/* One key is the whole of uids, so a conflict there is about the uid. */
static bool claim(struct call *call, const char *uid, struct err *err)
{
    if (uid_claim(call->db, uid, "user", err))
        return true;
    if (err->code == ERR_CONFLICT)
        err->key = "uid.taken";
    return false;
}

bool user_create(struct call *call, const struct user_draft *draft, struct user *ret_user,
                 struct err *err)
{
    struct user user = {.id = 0}, referrer;
    if (!fill(call, draft, &user, err) || !claim(call, user.uid, err))
        return false;
    if (!users_insert(call->db, &user, draft->password_digest, call->now_us, err)) {
        if (err->code == ERR_CONFLICT)
            err->key = strstr(err->what, "username") ? "username.taken" : "email.taken";
        return false;
    }
    if (user.referral_id && users_by_id(call->db, NULL, user.referral_id, &referrer, err))
        memcpy(user.referral_uid, referrer.uid, sizeof(user.referral_uid));
    if (!event_user_created(call->db, &user, err))
        return false;
    *ret_user = user;
    return true;
}
