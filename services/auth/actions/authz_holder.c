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

static bool is_good(const struct inquiry *inquiry, const struct gate_bearer *bearer)
{
    return inquiry->now_us < bearer->until_us &&
           bearer->generation == signing_generation(inquiry->app->signing);
}

static enum authz_result pass_with(struct inquiry *inquiry, const struct gate_bearer *bearer)
{
    inquiry->answer->bearer = arena_strdup(inquiry->arena, bearer->text);
    if (!inquiry->answer->bearer) {
        err_set(inquiry->err, ERR_BUSY, "no memory for a token");
        return AUTHZ_FAILED;
    }
    inquiry->answer->status = STATUS_PASS;
    return AUTHZ_ANSWERED;
}

static enum authz_result mint(struct inquiry *inquiry, const struct gate_holder *holder,
                              scope_set scopes, struct gate_bearer *ret_bearer)
{
    /* A signature takes a millisecond, which is not for the thread of everybody. */
    if (!inquiry->db)
        return AUTHZ_NEEDS_DATABASE;
    return authz_mint(inquiry->app, holder, scopes, inquiry->now_us, ret_bearer, inquiry->err)
               ? AUTHZ_ANSWERED
               : AUTHZ_FAILED;
}

static void keep_bearer(void *value, void *arg)
{
    struct gate_holder *kept = value;
    const struct gate_holder *holder = arg;
    /* Minted of what is kept: a row that changed meanwhile was dropped, and this is not called. */
    if (strcmp(kept->user.uid, holder->user.uid) == 0 &&
        kept->user.updated_at == holder->user.updated_at)
        kept->bearer = holder->bearer;
}

static enum authz_result pass_whole(struct inquiry *inquiry, const struct gate_holder *holder)
{
    if (is_good(inquiry, &holder->bearer))
        return pass_with(inquiry, &holder->bearer);
    struct gate_holder minted = *holder;
    char key[USER_UID_SIZE];
    enum authz_result result = mint(inquiry, holder, SCOPES_UNLIMITED, &minted.bearer);
    if (result != AUTHZ_ANSWERED)
        return result;
    if (cache_key_text(minted.user.uid, key, sizeof(key)))
        (void)cache_change(inquiry->app->gate->holders, key, keep_bearer, &minted);
    return pass_with(inquiry, &minted.bearer);
}

/* What a token says of its holder. */
static bool says_the_same(const struct user *a, const struct user *b)
{
    return a->level == b->level && a->referral_id == b->referral_id &&
           strcmp(a->role, b->role) == 0 && strcmp(a->state, b->state) == 0 &&
           strcmp(a->email, b->email) == 0 && strcmp(a->username, b->username) == 0;
}

static enum authz_result pass_limited(struct inquiry *inquiry, const struct gate_holder *holder,
                                      scope_set scopes)
{
    struct cache *cache = inquiry->app->gate->limited;
    struct gate_limited_key key;
    struct gate_limited limited;
    if (!cache_key_text(holder->user.uid, key.uid, sizeof(key.uid)))
        return authz_refuse(inquiry, STATUS_REFUSED, "authz.invalid_session");
    memcpy(key.scopes, &scopes, sizeof(scopes));
    if (cache_get(cache, &key, &limited) && is_good(inquiry, &limited.bearer) &&
        says_the_same(&limited.user, &holder->user))
        return pass_with(inquiry, &limited.bearer);
    limited.user = holder->user;
    uint64_t stamp = cache_stamp(cache, &key);
    enum authz_result result = mint(inquiry, holder, scopes, &limited.bearer);
    if (result != AUTHZ_ANSWERED)
        return result;
    cache_put(cache, &key, &limited, stamp);
    return pass_with(inquiry, &limited.bearer);
}

enum authz_result authz_pass_as(struct inquiry *inquiry, const struct gate_holder *holder,
                                scope_set scopes)
{
    return scopes == SCOPES_UNLIMITED ? pass_whole(inquiry, holder)
                                      : pass_limited(inquiry, holder, scopes);
}
