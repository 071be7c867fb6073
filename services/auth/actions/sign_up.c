#include "auth/actions/sign_up.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "auth/actions/confirmation.h"
#include "auth/actions/device.h"
#include "auth/actions/label_set.h"
#include "auth/actions/password_set.h"
#include "auth/actions/user_create.h"
#include "auth/actions/user_save.h"
#include "auth/domain/email.h"
#include "auth/domain/user_rules.h"
#include "auth/state/config.h"
#include "auth/state/metrics.h"
#include "auth/state/password_rules.h"
#include "auth/store/activities.h"
#include "auth/store/letter_requests.h"
#include "auth/store/permission_rows.h"
#include "auth/store/throttles.h"
#include "auth/store/users.h"

struct sign_up_work {
    struct call *call;
    struct user_draft draft;
    const char *device;
    bool is_taken; /* by an account that is not told of: the form's answer looks like any other */
    struct user user;
    struct opened_session opened;
};

static void add(struct sign_up_codes *codes, const char *code)
{
    if (codes->count < SIGN_UP_CODES_MAX)
        codes->items[codes->count++] = code;
}

static void add_all(struct sign_up_codes *codes, const char *const *more, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(codes, more[i]);
}

/* ---- the form ---- */

static bool find_referrer(struct call *call, const char *uid, uint64_t *ret_id,
                          struct sign_up_codes *codes, struct err *err)
{
    struct user referrer;
    if (!uid)
        return true;
    if (!referral_has_format(uid, call->app->config->uid_prefix)) {
        add(codes, "identity.user.invalid_referral_format");
        return true;
    }
    if (users_by_uid(call->db, NULL, uid, &referrer, err)) {
        *ret_id = referrer.id;
        return true;
    }
    if (err->code != ERR_NOT_FOUND && err->code != ERR_INVALID)
        return false;
    add(codes, "identity.user.referral_doesnt_exist");
    return true;
}

static bool check_email(struct sign_up_work *work, const char *email, struct sign_up_codes *codes,
                        struct err *err)
{
    struct call *call = work->call;
    struct user taken;
    if (!email_is_valid(email) || strlen(email) >= USER_EMAIL_SIZE) {
        add(codes, "email.invalid");
        return true;
    }
    if (users_by_email(call->db, NULL, email, &taken, err)) {
        work->is_taken = true;
        if (call->app->config->sign_up_tells_taken)
            add(codes, "email.taken");
        return true;
    }
    return err->code == ERR_NOT_FOUND;
}

static const char *lower(struct arena *arena, const char *text)
{
    char *copy = text ? arena_strdup(arena, text) : NULL;
    for (char *c = copy; c && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

static bool check_username(struct call *call, const char *username, struct sign_up_codes *codes,
                           struct err *err)
{
    const char *mistakes[USER_MISTAKES_MAX];
    bool taken;
    if (!username)
        return true;
    size_t count = username_mistakes(username, mistakes);
    add_all(codes, mistakes, count);
    if (count > 0)
        return true;
    if (!users_have_username(call->db, username, &taken, err))
        return false;
    if (taken)
        add(codes, "username.taken");
    return true;
}

static bool check(struct sign_up_work *work, const struct sign_up *form,
                  struct sign_up_codes *codes, struct err *err)
{
    struct call *call = work->call;
    const char *mistakes[USER_MISTAKES_MAX];
    bool has_role;
    if (!find_referrer(call, form->referral_uid, &work->draft.referral_id, codes, err))
        return false;
    if (codes->count > 0)
        return true;
    if (!check_email(work, form->email, codes, err))
        return false;
    const char *mistake = password_rules_mistake(call->app->password_rules, form->password);
    if (mistake)
        add(codes, mistake);
    work->draft.username = lower(call->arena, form->username);
    if (!check_username(call, work->draft.username, codes, err))
        return false;
    if (form->data)
        add_all(codes, mistakes, user_data_mistakes(form->data, mistakes));
    if (!permissions_know_role(call->db, "member", &has_role, err))
        return false;
    if (!has_role)
        add(codes, "role.doesnt_exist");
    return true;
}

/* ---- the account ---- */

/* The first user of an empty platform administers it, if the operator wants it so. */
static bool crown(struct sign_up_work *work, bool *ret_is_first, struct err *err)
{
    struct call *call = work->call;
    struct user crowned;
    const struct label_change label = {.key = "email", .value = "verified", .scope = LABEL_PRIVATE};
    if (!call->app->config->first_registration_superadmin) {
        *ret_is_first = false;
        return true;
    }
    if (!users_is_alone(call->db, work->user.id, ret_is_first, err))
        return false;
    if (!*ret_is_first)
        return true;
    crowned = work->user;
    memcpy(crowned.role, "superadmin", sizeof("superadmin"));
    return user_save(call, &work->user, &crowned, err) && label_set(call, &work->user, &label, err);
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct sign_up_work *work = arg;
    struct call *call = work->call;
    uint8_t device[DEVICE_HASH_SIZE];
    bool is_first;
    device_hash_of(work->device, device);
    if (!user_create(call, &work->draft, &work->user, err))
        return false;
    const struct activity activity = {.user_id = work->user.id,
                                      .topic = "account",
                                      .action = "signup",
                                      .result = ACTIVITY_SUCCEED};
    return activity_record(db, &activity, &call->visitor, err) &&
           known_devices_add(db, work->user.id, device, call->now_us, err) &&
           crown(work, &is_first, err) && (is_first || confirmation_tell(call, &work->user, err)) &&
           session_open(call, &work->user, "pwd", &work->opened, err) &&
           (!work->is_taken || err_set(err, ERR_STATE_CONFLICT, "nothing of this is to stay"));
}

/*
 * The address has an account, and who asks must not learn it: the same work is done and undone, the
 * answer is that of a new account whose session is never good, and the owner gets a mail by which he
 * can set a new password. Limited as all mails that strangers can cause.
 */
static bool pretend(struct sign_up_work *work, const struct sign_up *form, struct err *err)
{
    struct call *call = work->call;
    const struct letter_request letter = {
        .is_reset = true, .email = form->email, .visitor = call->visitor};
    const struct throttle limit = {"mail.reset", form->email,
                                   call->app->config->limit_mail_account};
    char nobody[USER_UID_SIZE + sizeof("@taken.invalid")], uid[USER_UID_SIZE];
    bool granted;
    uid_new("", uid);
    snprintf(nobody, sizeof(nobody), "%s@taken.invalid", uid);
    work->draft.email = nobody;
    bool stayed = db_transaction(call->db, create_unit, work, err);
    assert(!stayed);
    if (err->code != ERR_STATE_CONFLICT ||
        !throttle_take(call->db, &limit, call->now_us, &granted, err) ||
        (granted && !letter_requests_add(call->db, &letter, call->now_us, err)))
        return false;
    snprintf(work->user.email, sizeof(work->user.email), "%s", form->email);
    return true;
}

static bool create(struct sign_up_work *work, struct sign_up_codes *codes, struct err *err)
{
    struct call *call = work->call;
    if (db_transaction(call->db, create_unit, work, err)) {
        metric_add(call->app->metrics, METRIC_SIGN_UPS, 1);
        return true;
    }
    /* Somebody was faster: the same code as if he had been long ago. */
    if (err->code == ERR_CONFLICT)
        add(codes, err_key(err));
    return false;
}

static bool take_limit(struct call *call, struct err *err)
{
    const struct throttle limit = {"sign_up.address", call->visitor.ip,
                                   call->app->config->limit_sign_up_address};
    struct metrics *metrics = call->app->metrics;
    bool granted;
    if (!throttle_take(call->db, &limit, call->now_us, &granted, err))
        return false;
    if (granted)
        return true;
    metric_add_labelled(metrics, METRIC_THROTTLED,
                        metric_label(metrics, METRIC_THROTTLED, limit.name), 1);
    return err_set(err, ERR_TOO_MANY, "limit %s", limit.name);
}

bool sign_up(struct call *call, const struct sign_up *asked, struct user *ret_user,
             struct opened_session *ret_opened, struct sign_up_codes *codes, struct err *err)
{
    struct sign_up trimmed = *asked, *form = &trimmed;
    trimmed.email = email_trimmed(call->arena, asked->email);
    codes->count = 0;
    if (!trimmed.email)
        return err_set(err, ERR_BUSY, "no memory for a sign-up");
    struct sign_up_work work = {
        .call = call, .device = form->device, .draft = {.email = form->email, .data = form->data}};
    struct new_password made;
    if (!take_limit(call, err) || !check(&work, form, codes, err) || codes->count > 0)
        return false;
    if (!password_make(call, form->password, &made, err))
        return false;
    work.draft.password_digest = made.digest;
    if (!(work.is_taken ? pretend(&work, form, err) : create(&work, codes, err)))
        return false;
    *ret_user = work.user;
    *ret_opened = work.opened;
    return true;
}
