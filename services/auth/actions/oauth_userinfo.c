#include "auth/actions/oauth_userinfo.h"

#include <string.h>

#include "auth/domain/oauth_error.h"
#include "auth/store/labels.h"
#include "auth/store/users.h"
#include "json/field.h"

static void member_add(struct str *out, const char *name, const char *value)
{
    if (!value || value[0] == '\0')
        return;
    str_add_format(out, ",\"%s\":", name);
    json_write_string(out, value);
}

static bool is_verified(struct call *call, const struct user *user, const char *key,
                        bool *ret_verified, struct err *err)
{
    struct label label;
    bool found = labels_find(call->db, call->arena, user->id, key, LABEL_PRIVATE, &label, err);
    if (!found && err->code != ERR_NOT_FOUND)
        return false;
    *ret_verified = found && strcmp(label.value, "verified") == 0;
    return true;
}

static bool email_add(struct call *call, const struct user *user, struct str *out, struct err *err)
{
    bool verified;
    if (!is_verified(call, user, "email", &verified, err))
        return false;
    member_add(out, "email", user->email);
    str_add(out, verified ? ",\"email_verified\":true" : ",\"email_verified\":false");
    return true;
}

static void account_add(const struct user *user, struct str *out)
{
    member_add(out, "role", user->role);
    str_add_format(out, ",\"level\":%d", (int)user->level);
    member_add(out, "state", user->state);
    member_add(out, "referral_uid", user->referral_uid);
}

bool oauth_userinfo(struct call *call, const struct oauth_bearer *bearer, struct str *out,
                    struct err *err)
{
    struct user user;
    if (!bearer->user_id || !(bearer->scopes & SCOPE_BIT(OPENID)))
        return oauth_refuse(err, OAUTH_INSUFFICIENT_SCOPE, "the scope openid is needed");
    if (!users_by_id(call->db, call->arena, bearer->user_id, &user, err))
        return err->code == ERR_NOT_FOUND
                   ? oauth_refuse(err, OAUTH_INVALID_TOKEN, "its user is gone")
                   : false;
    if (strcmp(user.state, "active") != 0)
        return oauth_refuse(err, OAUTH_INVALID_TOKEN, "its user may not act now");
    str_add(out, "{\"sub\":");
    json_write_string(out, user.uid);
    if (bearer->scopes & SCOPE_BIT(PROFILE))
        member_add(out, "preferred_username", user.username);
    if ((bearer->scopes & SCOPE_BIT(EMAIL)) && !email_add(call, &user, out, err))
        return false;
    if (bearer->scopes & SCOPE_BIT(BARONG))
        account_add(&user, out);
    str_add_char(out, '}');
    return str_ok(out) || err_set(err, ERR_INTERNAL, "no room for an answer");
}
