#include "auth/actions/letter_request.h"

#include <string.h>

#include "auth/actions/confirmation.h"
#include "auth/actions/password_reset.h"
#include "auth/domain/email.h"
#include "auth/state/config.h"
#include "auth/store/throttles.h"
#include "auth/store/users.h"

struct letter_work {
    struct call *call;
    const struct letter_request *request;
};

bool letter_ask(struct call *call, bool is_reset, const char *text, struct err *err)
{
    const char *email = email_trimmed(call->arena, text);
    const struct auth_config *config = call->app->config;
    const struct throttle address = {"mail.address", call->visitor.ip, config->limit_mail_address};
    const struct throttle account = {is_reset ? "mail.reset" : "mail.confirmation", email,
                                     config->limit_mail_account};
    const struct throttle all = {"mail.all", "", config->limit_mail_all};
    const struct letter_request request = {
        .is_reset = is_reset, .email = email, .visitor = call->visitor};
    bool granted;
    if (!email)
        return err_set(err, ERR_BUSY, "no memory for an address");
    if (!throttle_take(call->db, &address, call->now_us, &granted, err))
        return false;
    if (!granted)
        return err_set(err, ERR_TOO_MANY, "limit mail.address");
    /* What is no address is nobody's; and two spellings of one would have two limits. */
    if (!email_is_valid(email))
        return true;
    if (!throttle_take(call->db, &account, call->now_us, &granted, err))
        return false;
    if (!granted)
        return true;
    if (!throttle_take(call->db, &all, call->now_us, &granted, err))
        return false;
    return !granted || letter_requests_add(call->db, &request, call->now_us, err);
}

static bool make_unit(struct db *db, void *arg, struct err *err)
{
    struct letter_work *work = arg;
    struct call *call = work->call;
    struct user user;
    bool was_there;
    if (!letter_requests_take(db, work->request->id, &was_there, err))
        return false;
    if (!was_there)
        return true;
    if (!users_by_email(db, call->arena, work->request->email, &user, err))
        return err->code == ERR_NOT_FOUND;
    if (work->request->is_reset)
        return password_reset_tell(call, &user, err);
    return strcmp(user.state, "active") == 0 || confirmation_tell(call, &user, err);
}

bool letter_make(struct call *call, const struct letter_request *request, struct err *err)
{
    struct letter_work work = {call, request};
    return db_transaction(call->db, make_unit, &work, err);
}
