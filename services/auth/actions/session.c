#include "auth/actions/session.h"

#include <stdio.h>
#include <string.h>

#include "auth/state/config.h"
#include "auth/store/changes.h"
#include "auth/store/oauth_endings.h"
#include "auth/store/sessions.h"
#include "base/auto.h"
#include "base/random.h"
#include "crypto/crypto.h"

enum { EXPIRY_ROUNDS_MAX = 20 };

static const int64_t second_us = 1000000;

static void random_hex(char *text, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[64];
    assert(size % 2 == 1 && size / 2 <= sizeof(bytes));
    random_bytes(bytes, size / 2);
    for (size_t i = 0; i < size / 2; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[size - 1] = '\0';
}

void session_id_of(const char *cookie, uint8_t ret_id[static SESSION_ID_SIZE])
{
    sha256(cookie, strlen(cookie), ret_id);
}

static bool announce_session(struct db *db, const uint8_t *id, struct err *err)
{
    AUTO(str_release) struct str key = STR_INIT(2 * SESSION_ID_SIZE);
    str_add_hex(&key, id, SESSION_ID_SIZE);
    return change_announce(db, CHANGE_SESSION, str_data(&key), err);
}

/* What others may do in the name of the session ends with it. */
static bool end_one(struct db *db, const uint8_t *id, int64_t now_us, bool *ret_was_there,
                    struct err *err)
{
    bool was_there;
    if (!sessions_delete(db, id, &was_there, err) ||
        (was_there && (!announce_session(db, id, err) || !oauth_end_session(db, id, now_us, err))))
        return false;
    *ret_was_there = was_there;
    return true;
}

static bool end_each(struct db *db, const struct session_ids *ids, int64_t now_us, struct err *err)
{
    bool was_there;
    for (size_t i = 0; i < ids->count; i++)
        if (!end_one(db, ids->id[i], now_us, &was_there, err))
            return false;
    return true;
}

/* Beyond the newest SESSIONS_MAX - 1: there is room for one more. */
static bool make_room(struct call *call, const struct user *user, struct err *err)
{
    struct session_ids ids;
    return sessions_oldest(call->db, user->id, call->app->config->sessions_max - 1, &ids, err) &&
           end_each(call->db, &ids, call->now_us, err);
}

bool session_open(struct call *call, const struct user *user, const char *methods,
                  struct opened_session *ret_opened, struct err *err)
{
    const struct auth_config *config = call->app->config;
    const char *agent = call->visitor.user_agent ? call->visitor.user_agent : "";
    struct opened_session opened = {
        .session = {.user_id = user->id,
                    .authenticated_at = call->now_us,
                    .created_at = call->now_us,
                    .ends_at = call->now_us + config->session_end_time_s * second_us}};
    struct session *session = &opened.session;
    session->expires_at = call->now_us + config->session_expire_time_s * second_us;
    if (session->expires_at > session->ends_at)
        session->expires_at = session->ends_at;
    random_hex(opened.cookie, sizeof(opened.cookie));
    random_hex(opened.csrf, sizeof(opened.csrf));
    session_id_of(opened.cookie, session->id);
    sha256(opened.csrf, strlen(opened.csrf), session->csrf_hash);
    sha256(agent, strlen(agent), session->user_agent_hash);
    snprintf(session->user_ip, sizeof(session->user_ip), "%s", call->visitor.ip);
    snprintf(session->methods, sizeof(session->methods), "%s", methods);
    if (!make_room(call, user, err) || !sessions_insert(call->db, session, agent, err))
        return false;
    *ret_opened = opened;
    return true;
}

bool session_end(struct call *call, const uint8_t id[static SESSION_ID_SIZE], bool *ret_was_there,
                 struct err *err)
{
    return end_one(call->db, id, call->now_us, ret_was_there, err);
}

struct expiry {
    int64_t now_us;
    struct session_ids ids;
};

static bool expire_unit(struct db *db, void *arg, struct err *err)
{
    struct expiry *expiry = arg;
    return sessions_over(db, expiry->now_us, &expiry->ids, err) &&
           end_each(db, &expiry->ids, expiry->now_us, err);
}

bool sessions_expire(struct db *db, int64_t now_us, struct err *err)
{
    struct expiry expiry = {.now_us = now_us};
    int rounds = 0;
    do {
        if (!db_transaction(db, expire_unit, &expiry, err))
            return false;
    } while (expiry.ids.count == SESSION_IDS_MAX && ++rounds < EXPIRY_ROUNDS_MAX);
    return true;
}

bool sessions_end_of_user(struct call *call, const struct user *user, const uint8_t *except,
                          struct err *err)
{
    uint64_t count;
    if (!sessions_delete_of_user(call->db, user->id, except, &count, err) ||
        (count > 0 && !change_announce(call->db, CHANGE_USER_SESSIONS, user->uid, err)))
        return false;
    /* Without an exception it is a reset or a lock-out: what others may do in his name ends too. */
    return except ? oauth_end_sessions(call->db, user->id, except, call->now_us, err)
                  : oauth_end_user(call->db, user->id, "sessions", call->now_us, err);
}

bool sessions_end_all(struct call *call, struct err *err)
{
    uint64_t count;
    return sessions_delete_all(call->db, &count, err) &&
           change_announce(call->db, CHANGE_ALL_SESSIONS, "", err) &&
           oauth_end_all(call->db, "blocklogin", call->now_us, err);
}
