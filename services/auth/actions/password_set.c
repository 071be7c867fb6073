#include "auth/actions/password_set.h"

#include <string.h>

#include "auth/actions/session.h"
#include "auth/state/password_rules.h"
#include "auth/store/password_resets.h"
#include "auth/store/users.h"

bool password_make(struct call *call, const char *password, struct new_password *ret_password,
                   struct err *err)
{
    const char *mistake = password_rules_mistake(call->app->password_rules, password);
    struct new_password made;
    if (mistake)
        return err_set_key(err, ERR_INVALID, mistake, "a password breaks the rule %s", mistake);
    if (!password_hash(call->app->passwords, password, made.digest, err))
        return false;
    *ret_password = made;
    return true;
}

bool password_set(struct call *call, const struct user *user, const struct new_password *password,
                  const uint8_t *keep, struct err *err)
{
    return users_set_password(call->db, user->id, password->digest, err) &&
           password_resets_drop(call->db, user->id, err) &&
           sessions_end_of_user(call, user, keep, err);
}

bool password_is_of(struct call *call, const struct user *user, const char *password,
                    bool *ret_is_right, struct err *err)
{
    char digest[PASSWORD_DIGEST_SIZE];
    bool is_old;
    return users_password(call->db, user->id, digest, err) &&
           password_verify(call->app->passwords, password, digest, ret_is_right, &is_old, err);
}
