#include "auth/actions/confirmation.h"

#include <string.h>

#include "auth/actions/event.h"
#include "auth/actions/label_set.h"
#include "auth/actions/mail_token.h"
#include "auth/actions/second_factor.h"
#include "auth/state/config.h"
#include "auth/store/users.h"
#include "base/auto.h"
#include "token/token.h"

struct confirm_work {
    struct call *call;
    const struct mail_claims *claims;
    struct user user;
    bool needs_factor;
    struct opened_session opened;
};

bool confirmation_tell(struct call *call, const struct user *user, struct err *err)
{
    AUTO(str_release) struct str token = STR_INIT(TOKEN_BYTES_MAX);
    if (!mail_token_make(call, "confirmation", user, NULL, &token, err))
        return false;
    const struct event_text extra[] = {
        {"domain", call->app->config->domain}, {"token", str_data(&token)}, {NULL, NULL}};
    return event_system(call->db, "system.user.email.confirmation.token", user, extra, err);
}

static bool confirm_unit(struct db *db, void *arg, struct err *err)
{
    struct confirm_work *work = arg;
    struct call *call = work->call;
    const struct label_change label = {.key = "email", .value = "verified", .scope = LABEL_PRIVATE};
    const struct event_text extra[] = {{"domain", call->app->config->domain}, {NULL, NULL}};
    bool found = users_lock_by_uid(db, call->arena, work->claims->uid, &work->user, err);
    if (!found && err->code != ERR_NOT_FOUND)
        return false;
    /* An address that was changed since is not the one that is confirmed here. */
    if (!found || strcmp(work->user.state, "active") == 0 ||
        strcmp(work->user.email, work->claims->email) != 0)
        return err_set_key(err, ERR_INVALID, "identity.user.active_or_doesnt_exist",
                           "nobody to confirm");
    if (!mail_token_use(call, work->claims, err) || !label_set(call, &work->user, &label, err) ||
        !event_system(db, "system.user.email.confirmed", &work->user, extra, err) ||
        !second_factor_is_needed(call, &work->user, &work->needs_factor, err))
        return false;
    return !user_may_enter(&work->user) || work->needs_factor ||
           session_open(call, &work->user, "mail", &work->opened, err);
}

bool confirmation_confirm(struct call *call, const char *token, struct user *ret_user,
                          struct opened_session *ret_opened, struct err *err)
{
    struct mail_claims claims;
    struct confirm_work work = {.call = call, .claims = &claims};
    if (!mail_token_read(call, "confirmation", token, &claims, err) ||
        !db_transaction(call->db, confirm_unit, &work, err))
        return false;
    /* Confirmed; but a mail alone opens no session to who is locked out, or has a second factor. */
    if (!user_may_enter(&work.user))
        return err_set_key(err, ERR_UNAUTHENTICATED, "identity.session.not_active",
                           "the account is %s", work.user.state);
    if (work.needs_factor)
        return err_set_key(err, ERR_UNAUTHENTICATED, "identity.session.missing_otp",
                           "confirmed, and now the second factor");
    *ret_user = work.user;
    *ret_opened = work.opened;
    return true;
}
