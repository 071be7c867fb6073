/* The session cookie (reference barong.md §3.2): CSRF first, then the session, then its browser and
 * its address. A session that is shown by another browser is ended: somebody has the cookie. */
#include <string.h>

#include "auth/actions/authz_inquiry.h"
#include "auth/actions/session.h"
#include "auth/domain/address.h"
#include "auth/state/config.h"
#include "auth/store/sessions.h"
#include "auth/store/users.h"
#include "crypto/crypto.h"

enum { STATUS_PASS = 200, STATUS_REFUSED = 401, STATUS_NO_USER = 404 };

static const int64_t second_us = 1000000;

struct visit {
    uint8_t id[SESSION_ID_SIZE];
    struct gate_session session;
};

/* ---- finding it ---- */

static enum authz_result read_session(struct inquiry *inquiry, struct visit *visit, bool *ret_found)
{
    struct gate *gate = inquiry->app->gate;
    struct gate_session *session = &visit->session;
    struct user user;
    uint64_t stamp = cache_stamp(gate->sessions, visit->id);
    uint64_t stranger_stamp = cache_stamp(gate->strangers, visit->id);
    *ret_found = false;
    if (!sessions_find(inquiry->db, visit->id, inquiry->now_us, &session->session, inquiry->err)) {
        if (inquiry->err->code != ERR_NOT_FOUND)
            return AUTHZ_FAILED;
        /* Ids are random and never given again: what is no session now will be none. */
        cache_put(gate->strangers, visit->id, "", stranger_stamp);
        return AUTHZ_ANSWERED;
    }
    if (!users_by_id(inquiry->db, NULL, session->session.user_id, &user, inquiry->err))
        return AUTHZ_FAILED; /* the foreign key says that there is one */
    session->written_at = session->session.expires_at;
    memcpy(session->uid, user.uid, sizeof(session->uid));
    cache_put(gate->sessions, visit->id, session, stamp);
    *ret_found = true;
    return AUTHZ_ANSWERED;
}

/* Over by the clock here may have been used elsewhere: the table decides. */
static enum authz_result find_session(struct inquiry *inquiry, struct visit *visit, bool *ret_found)
{
    struct gate *gate = inquiry->app->gate;
    char nothing;
    *ret_found = cache_get(gate->sessions, visit->id, &visit->session) &&
                 inquiry->now_us < visit->session.session.expires_at;
    if (*ret_found || cache_get(gate->strangers, visit->id, &nothing))
        return AUTHZ_ANSWERED;
    return inquiry->db ? read_session(inquiry, visit, ret_found) : AUTHZ_NEEDS_DATABASE;
}

/* ---- is it his ---- */

static bool csrf_is_asked(const struct inquiry *inquiry)
{
    return inquiry->app->config->csrf_protection &&
           authz_method_needs_csrf(inquiry->question->method);
}

static bool csrf_is_given(const struct inquiry *inquiry)
{
    const char *token = inquiry->question->csrf;
    return token && token[strspn(token, " \t")] != '\0';
}

static bool csrf_fits(const struct inquiry *inquiry, const struct session *session)
{
    uint8_t hash[SESSION_ID_SIZE];
    sha256(inquiry->question->csrf, strlen(inquiry->question->csrf), hash);
    return bytes_equal(hash, session->csrf_hash, sizeof(hash));
}

static bool is_his(const struct inquiry *inquiry, const struct session *session)
{
    const struct visitor *visitor = &inquiry->question->visitor;
    const char *agent = visitor->user_agent ? visitor->user_agent : "";
    struct address now, then;
    uint8_t hash[SESSION_ID_SIZE];
    sha256(agent, strlen(agent), hash);
    return bytes_equal(hash, session->user_agent_hash, sizeof(hash)) &&
           address_parse(session->user_ip, &then) && address_parse(visitor->ip, &now) &&
           address_is_near(&then, &now);
}

struct ending {
    struct call call;
    const uint8_t *id;
};

static bool end_unit(struct db *db, void *arg, struct err *err)
{
    struct ending *ending = arg;
    bool was_there;
    (void)db;
    return session_end(&ending->call, ending->id, &was_there, err);
}

static enum authz_result end_session(struct inquiry *inquiry, const struct visit *visit)
{
    if (!inquiry->db)
        return AUTHZ_NEEDS_DATABASE;
    struct ending ending = {.call = {.app = inquiry->app,
                                     .db = inquiry->db,
                                     .arena = inquiry->arena,
                                     .now_us = inquiry->now_us,
                                     .visitor = inquiry->question->visitor},
                            .id = visit->id};
    if (!db_transaction(inquiry->db, end_unit, &ending, inquiry->err))
        return AUTHZ_FAILED;
    gate_forget_session(inquiry->app->gate, visit->id);
    inquiry->answer->session_ended = true;
    return authz_refuse(inquiry, STATUS_REFUSED, "authz.client_session_mismatch");
}

/* ---- the walk ---- */

static void use(struct inquiry *inquiry, const struct visit *visit)
{
    const struct session *session = &visit->session.session;
    int64_t expires_at = inquiry->now_us + inquiry->app->config->session_expire_time_s * second_us;
    gate_session_use(inquiry->app->gate, visit->id,
                     expires_at < session->ends_at ? expires_at : session->ends_at);
}

static enum authz_result enter(struct inquiry *inquiry, const struct visit *visit)
{
    struct gate_holder holder;
    bool found;
    if (!is_his(inquiry, &visit->session.session))
        return end_session(inquiry, visit);
    enum authz_result result = authz_holder(inquiry, visit->session.uid, &found, &holder);
    if (result != AUTHZ_ANSWERED)
        return result;
    if (!found)
        return authz_refuse(inquiry, STATUS_NO_USER, "record.not_found");
    use(inquiry, visit);
    if (!user_may_enter(&holder.user))
        return authz_refuse(inquiry, STATUS_REFUSED, "authz.user_not_active");
    result = authz_permit(inquiry, &holder.user);
    if (result != AUTHZ_ANSWERED || inquiry->answer->status != STATUS_PASS)
        return result;
    return authz_pass_as(inquiry, &holder, SCOPES_UNLIMITED);
}

enum authz_result authz_by_session(struct inquiry *inquiry)
{
    struct visit visit;
    bool found = false, asked = csrf_is_asked(inquiry);
    const char *cookie = inquiry->question->cookie;
    if (asked && !csrf_is_given(inquiry))
        return authz_refuse(inquiry, STATUS_REFUSED, "authz.missing_csrf_token");
    if (cookie && cookie[0] != '\0') {
        session_id_of(cookie, visit.id);
        enum authz_result result = find_session(inquiry, &visit, &found);
        if (result != AUTHZ_ANSWERED)
            return result;
    }
    if (asked && (!found || !csrf_fits(inquiry, &visit.session.session)))
        return authz_refuse(inquiry, STATUS_REFUSED, "authz.csrf_token_mismatch");
    if (!found)
        return authz_refuse(inquiry, STATUS_REFUSED, "authz.invalid_session");
    return enter(inquiry, &visit);
}
