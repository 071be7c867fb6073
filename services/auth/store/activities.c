#include "auth/store/activities.h"

#include <string.h>

#include "base/utf8.h"

enum { AGENT_CHARS_MAX = 512 };

static const char *const result_names[] = {
    [ACTIVITY_SUCCEED] = "succeed", [ACTIVITY_FAILED] = "failed", [ACTIVITY_DENIED] = "denied"};

static bool is_told(const struct visitor *visitor)
{
    return visitor->ip[0] != '\0' && visitor->user_agent && visitor->user_agent[0] != '\0';
}

bool activity_record(struct db *db, const struct activity *activity, const struct visitor *visitor,
                     struct err *err)
{
    if (!is_told(visitor))
        return true;
    return db_exec(db,
                   "INSERT INTO activities (user_id, target_uid, category, user_ip,"
                   " user_ip_country, user_agent, topic, action, result, data, created_at)"
                   " VALUES (?, ?, ?, ?, ?, LEFT(?, ?), ?, ?, ?, ?, NOW(6))",
                   DB_ARGS(DB_U64(activity->user_id), DB_TEXT(activity->target_uid),
                           DB_TEXT(activity->by_admin ? "admin" : "user"), DB_TEXT(visitor->ip),
                           visitor->country[0] ? DB_TEXT(visitor->country) : DB_NULL,
                           DB_TEXT(visitor->user_agent), DB_I64(AGENT_CHARS_MAX),
                           DB_TEXT(activity->topic), DB_TEXT(activity->action),
                           DB_TEXT(result_names[activity->result]), DB_TEXT(activity->data)),
                   NULL, err);
}

bool activity_record_stranger(struct db *db, const char *email, const struct visitor *visitor,
                              struct err *err)
{
    return !is_told(visitor) ||
           db_exec(db,
                   "INSERT INTO stranger_sign_ins (email_digest, user_ip, user_ip_country,"
                   " user_agent, created_at)"
                   " VALUES (UNHEX(SHA2(LOWER(?), 256)), ?, ?, LEFT(?, ?), NOW(6))",
                   DB_ARGS(DB_TEXT(email), DB_TEXT(visitor->ip),
                           visitor->country[0] ? DB_TEXT(visitor->country) : DB_NULL,
                           DB_TEXT(visitor->user_agent), DB_I64(AGENT_CHARS_MAX)),
                   NULL, err);
}
