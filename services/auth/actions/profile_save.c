#include "auth/actions/profile_save.h"

#include <string.h>

#include "auth/actions/admin_profile.h"
#include "auth/actions/event_person.h"
#include "auth/actions/kyc.h"
#include "auth/actions/label_set.h"
#include "auth/store/profiles.h"
#include "auth/store/users.h"

struct saving {
    struct call *call;
    uint64_t user_id;
    const struct profile_filing *filing;
    struct mistakes *mistakes;
    struct profile result;
};

/* "" of a form is no value. */
static const char *given(const char *text)
{
    return text && text[strspn(text, " \t\r\n")] ? text : NULL;
}

static bool apply(struct saving *saving, struct profile *profile)
{
    const struct profile_draft *asked = &saving->filing->draft;
    const struct profile_draft draft = {
        .first_name = given(asked->first_name),
        .last_name = given(asked->last_name),
        .dob = given(asked->dob),
        .address = given(asked->address),
        .postcode = given(asked->postcode),
        .city = given(asked->city),
        .country = given(asked->country),
        .metadata = given(asked->metadata),
    };
    profile_apply(profile, &draft, saving->call->now_us, saving->call->arena, saving->mistakes);
    return saving->mistakes->count == 0;
}

static bool say_state(struct call *call, struct user *user, const struct profile *profile,
                      struct err *err)
{
    const struct label_change change = {
        .key = "profile", .value = profile_state_name(profile->state), .scope = LABEL_PRIVATE};
    return label_set(call, user, &change, err) &&
           (profile->state != PROFILE_SUBMITTED || kyc_profile_submitted(call, profile, err));
}

bool profile_file(struct call *call, struct user *user, const struct profile_filing *filing,
                  struct mistakes *mistakes, struct profile *ret_profile, struct err *err)
{
    struct saving saving = {.call = call, .filing = filing, .mistakes = mistakes};
    struct profile profile = {
        .user_id = user->id, .author = filing->author, .state = filing->state};
    if (!apply(&saving, &profile))
        return true;
    if (!profiles_insert(call->db, call->app->secrets, call->arena, &profile, call->now_us, err) ||
        (filing->admin && !admin_profile_record(call, filing->admin, user, NULL, &profile, err)) ||
        !event_profile_created(call->db, &profile, user, err) ||
        !say_state(call, user, &profile, err))
        return false;
    *ret_profile = profile;
    return true;
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct saving *saving = arg;
    struct user user;
    saving->mistakes->count = 0;
    return users_lock_by_id(db, saving->call->arena, saving->user_id, &user, err) &&
           profile_file(saving->call, &user, saving->filing, saving->mistakes, &saving->result,
                        err);
}

static bool run(struct call *call, db_unit *unit, struct saving *saving,
                struct profile *ret_profile, struct err *err)
{
    if (!db_transaction(call->db, unit, saving, err)) {
        if (err->code != ERR_CONFLICT || !err->key || strcmp(err->key, "state.exists") != 0)
            return false;
        mistake_add(saving->mistakes, "state.exists");
        return true;
    }
    *ret_profile = saving->result;
    return true;
}

bool profile_create(struct call *call, uint64_t user_id, const struct profile_filing *filing,
                    struct mistakes *mistakes, struct profile *ret_profile, struct err *err)
{
    struct saving saving = {
        .call = call, .user_id = user_id, .filing = filing, .mistakes = mistakes};
    return run(call, create_unit, &saving, ret_profile, err);
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct saving *saving = arg;
    struct call *call = saving->call;
    struct profile profile;
    struct user user;
    saving->mistakes->count = 0;
    if (!users_lock_by_id(db, call->arena, saving->user_id, &user, err))
        return false;
    if (!profiles_find(db, call->app->secrets, call->arena, user.id, PROFILE_DRAFTED, &profile,
                       err)) {
        if (err->code == ERR_NOT_FOUND)
            err->key = "resource.profile.doesnt_exist_or_not_editable";
        return false;
    }
    const struct profile before = profile;
    if (!apply(saving, &profile))
        return true;
    profile.state = saving->filing->state;
    if (!profiles_update(db, call->app->secrets, call->arena, &profile, call->now_us, err))
        return false;
    saving->result = profile;
    return event_profile_updated(db, &before, &profile, &user, err) &&
           say_state(call, &user, &profile, err);
}

bool profile_change(struct call *call, uint64_t user_id, const struct profile_filing *filing,
                    struct mistakes *mistakes, struct profile *ret_profile, struct err *err)
{
    struct saving saving = {
        .call = call, .user_id = user_id, .filing = filing, .mistakes = mistakes};
    return run(call, change_unit, &saving, ret_profile, err);
}

bool profile_judge(struct call *call, struct user *user, struct profile *profile,
                   enum profile_state state, struct err *err)
{
    profile->state = state;
    return profiles_update(call->db, call->app->secrets, call->arena, profile, call->now_us, err) &&
           say_state(call, user, profile, err);
}
