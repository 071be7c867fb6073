/* Whose request it is, what his role may do, and the token that tells the services who he is. */
#include <stdio.h>
#include <string.h>

#include "auth/actions/authz_inquiry.h"
#include "auth/state/signing.h"
#include "auth/store/service_accounts.h"
#include "auth/store/users.h"

enum { STATUS_PASS = 200, STATUS_REFUSED = 401 };

/* A uid names a user or a service account. */
static bool find_holder(struct inquiry *inquiry, const char *uid, struct gate_holder *ret_holder)
{
    struct service_account account;
    struct gate_holder holder = {.is_service_account = false};
    if (users_by_uid(inquiry->db, NULL, uid, &holder.user, inquiry->err)) {
        holder.user.data = NULL;
        *ret_holder = holder;
        return true;
    }
    if (inquiry->err->code != ERR_NOT_FOUND ||
        !service_accounts_by_uid(inquiry->db, uid, &account, inquiry->err))
        return false;
    holder =
        (struct gate_holder){.is_service_account = true,
                             .user = {.level = account.level, .updated_at = account.updated_at}};
    memcpy(holder.user.uid, account.uid, sizeof(account.uid));
    memcpy(holder.user.email, account.email, sizeof(account.email));
    memcpy(holder.user.role, account.role, sizeof(account.role));
    memcpy(holder.user.state, account.state, sizeof(account.state));
    *ret_holder = holder;
    return true;
}

static enum authz_result read_holder(struct inquiry *inquiry, const char *key, bool *ret_found,
                                     struct gate_holder *ret_holder)
{
    struct gate *gate = inquiry->app->gate;
    struct gate_holder holder;
    uint64_t stamp = cache_stamp(gate->holders, key);
    if (!find_holder(inquiry, key, &holder))
        return inquiry->err->code == ERR_NOT_FOUND ? AUTHZ_ANSWERED : AUTHZ_FAILED;
    cache_put(gate->holders, key, &holder, stamp);
    *ret_found = true;
    *ret_holder = holder;
    return AUTHZ_ANSWERED;
}

enum authz_result authz_holder(struct inquiry *inquiry, const char *uid, bool *ret_found,
                               struct gate_holder *ret_holder)
{
    char key[USER_UID_SIZE];
    *ret_found = false;
    if (!cache_key_text(uid, key, sizeof(key)))
        return AUTHZ_ANSWERED;
    *ret_found = cache_get(inquiry->app->gate->holders, key, ret_holder);
    if (*ret_found)
        return AUTHZ_ANSWERED;
    return inquiry->db ? read_holder(inquiry, key, ret_found, ret_holder) : AUTHZ_NEEDS_DATABASE;
}

enum authz_result authz_permit(struct inquiry *inquiry, const struct user *user)
{
    struct permission_answer answer =
        permission_ask(inquiry->tables->permissions, user->role,
                       permission_verb_of(inquiry->question->method), inquiry->path);
    if (!answer.accepted) {
        enum authz_result result = authz_audit(inquiry, user, false, answer.topic);
        return result == AUTHZ_ANSWERED
                   ? authz_refuse(inquiry, STATUS_REFUSED, "authz.invalid_permission")
                   : result;
    }
    inquiry->answer->status = STATUS_PASS;
    return answer.audited ? authz_audit(inquiry, user, true, answer.topic) : AUTHZ_ANSWERED;
}

/* ---- the token ---- */

static void keep_bearer(void *value, void *arg)
{
    struct gate_holder *kept = value;
    const struct gate_holder *holder = arg;
    /* Minted of what is kept: a row that changed meanwhile was dropped, and this is not called. */
    if (strcmp(kept->user.uid, holder->user.uid) != 0 ||
        kept->user.updated_at != holder->user.updated_at)
        return;
    memcpy(kept->bearer, holder->bearer, sizeof(kept->bearer));
    kept->bearer_until_us = holder->bearer_until_us;
    kept->generation = holder->generation;
}

enum authz_result authz_pass_as(struct inquiry *inquiry, const struct gate_holder *holder)
{
    struct gate_holder minted;
    if (inquiry->now_us >= holder->bearer_until_us ||
        holder->generation != signing_generation(inquiry->app->signing)) {
        char key[USER_UID_SIZE];
        /* A signature takes a millisecond, which is not for the thread of everybody. */
        if (!inquiry->db)
            return AUTHZ_NEEDS_DATABASE;
        minted = *holder;
        if (!authz_mint(inquiry->app, &minted, inquiry->now_us, inquiry->err))
            return AUTHZ_FAILED;
        if (cache_key_text(minted.user.uid, key, sizeof(key)))
            (void)cache_change(inquiry->app->gate->holders, key, keep_bearer, &minted);
        holder = &minted;
    }
    inquiry->answer->bearer = arena_strdup(inquiry->arena, holder->bearer);
    if (!inquiry->answer->bearer) {
        err_set(inquiry->err, ERR_BUSY, "no memory for a token");
        return AUTHZ_FAILED;
    }
    inquiry->answer->status = STATUS_PASS;
    return AUTHZ_ANSWERED;
}
