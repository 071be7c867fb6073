#include "auth/actions/oauth_userinfo.h"

#include <string.h>

#include "auth/domain/oauth_error.h"
#include "auth/store/labels.h"
#include "auth/store/phones.h"
#include "auth/store/profiles.h"
#include "auth/store/users.h"
#include "base/auto.h"
#include "json/field.h"

enum { ADDRESS_BYTES_MAX = 4096 };

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

/* What was verified of the person; nothing of it before. */
static bool person_add(struct call *call, const struct oauth_bearer *bearer, struct str *out,
                       struct err *err)
{
    AUTO(str_release) struct str address = STR_INIT(ADDRESS_BYTES_MAX);
    struct profile profile;
    if (!profiles_find(call->db, call->app->secrets, call->arena, bearer->user_id, PROFILE_VERIFIED,
                       &profile, err))
        return err->code == ERR_NOT_FOUND;
    if (bearer->scopes & SCOPE_BIT(PROFILE)) {
        member_add(out, "given_name", profile.first_name);
        member_add(out, "family_name", profile.last_name);
        member_add(out, "birthdate", profile.dob);
    }
    if (!(bearer->scopes & SCOPE_BIT(ADDRESS)))
        return true;
    member_add(&address, "street_address", profile.address);
    member_add(&address, "locality", profile.city);
    member_add(&address, "postal_code", profile.postcode);
    member_add(&address, "country", profile.country);
    if (address.length > 0) {
        str_add(out, ",\"address\":{");
        str_add(out, address.data + 1); /* without the first comma */
        str_add_char(out, '}');
    }
    return true;
}

static bool phone_add(struct call *call, uint64_t user_id, struct str *out, struct err *err)
{
    struct phone *phones;
    size_t count;
    char text[PHONE_DIGITS_MAX + 2];
    if (!phones_of_user(call->db, call->app->secrets, call->arena, user_id, &phones, &count, err))
        return false;
    /* The newest that was verified, else the newest. */
    const struct phone *chosen = count > 0 ? &phones[count - 1] : NULL;
    for (size_t i = count; i > 0 && !chosen->validated_at; i--)
        if (phones[i - 1].validated_at)
            chosen = &phones[i - 1];
    if (!chosen)
        return true;
    snprintf(text, sizeof(text), "+%s", chosen->number);
    member_add(out, "phone_number", text);
    str_add_format(out, ",\"phone_number_verified\":%s", chosen->validated_at ? "true" : "false");
    return true;
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
    if ((bearer->scopes & (SCOPE_BIT(PROFILE) | SCOPE_BIT(ADDRESS))) &&
        !person_add(call, bearer, out, err))
        return false;
    if ((bearer->scopes & SCOPE_BIT(PHONE)) && !phone_add(call, user.id, out, err))
        return false;
    if (bearer->scopes & SCOPE_BIT(BARONG))
        account_add(&user, out);
    str_add_char(out, '}');
    return str_ok(out) || err_set(err, ERR_INTERNAL, "no room for an answer");
}
