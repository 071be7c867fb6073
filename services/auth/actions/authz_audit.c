/* What operators did through the edge, and what anybody was refused (reference barong.md §2.11). */
#include <string.h>
#include <strings.h>

#include "auth/actions/authz_inquiry.h"
#include "auth/store/activities.h"
#include "auth/store/users.h"
#include "base/auto.h"
#include "json/field.h"

enum { DATA_BYTES_MAX = 16 * 1024, TOPIC_MAX = 64, PAIRS_MAX = 100, PAIR_BYTES_MAX = 1024 };

static const char *action_of(enum permission_verb verb)
{
    switch (verb) {
    case VERB_IS_POST:
        return "create";
    case VERB_IS_PUT:
    case VERB_IS_PATCH:
        return "update";
    case VERB_IS_GET:
        return "read";
    case VERB_IS_DELETE:
        return "delete";
    case VERB_IS_ALL:
    case VERB_IS_HEAD:
    case VERB_IS_OTHER:
        break;
    }
    return "system";
}

/* The segment behind "admin/", else "general". */
static void topic_of(const char *path, char topic[static TOPIC_MAX])
{
    static const char word[] = "admin/";
    const char *at = strstr(path, word);
    size_t length = at ? strcspn(at + sizeof(word) - 1, "/") : 0;
    if (length == 0 || length >= TOPIC_MAX) {
        memcpy(topic, "general", sizeof("general"));
        return;
    }
    memcpy(topic, at + sizeof(word) - 1, length);
    topic[length] = '\0';
}

/* ---- parameters ---- */

static bool is_secret(const char *name)
{
    static const char *const words[] = {"password", "otp", "secret", "token", "code", "captcha"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcasestr(name, words[i]))
            return true;
    return false;
}

static int hex_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c | 0x20) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* Decodes one name or value into a buffer, cut to its room. */
static void decode(const char *text, size_t length, char *buffer, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < length && used + 1 < size; i++) {
        int high = text[i] == '%' && i + 2 < length ? hex_of(text[i + 1]) : -1;
        int low = high >= 0 ? hex_of(text[i + 2]) : -1;
        char plain = text[i];
        if (low >= 0)
            plain = (char)(high << 4 | low);
        else if (plain == '+')
            plain = ' ';
        buffer[used++] = plain;
        i += low >= 0 ? 2 : 0;
    }
    buffer[used] = '\0';
}

/* The parameters of the query as members; `uid` or `user_uid` into `target`. */
static void write_query(const char *query, struct str *out, char target[static USER_UID_SIZE])
{
    for (int pairs = 0; *query && pairs < PAIRS_MAX; pairs++) {
        char name[PAIR_BYTES_MAX], value[PAIR_BYTES_MAX];
        size_t length = strcspn(query, "&"), equals = strcspn(query, "=&");
        decode(query, equals, name, sizeof(name));
        value[0] = '\0';
        if (equals < length)
            decode(query + equals + 1, length - equals - 1, value, sizeof(value));
        if (name[0] != '\0') {
            str_add(out, ",");
            json_write_string(out, name);
            str_add(out, ":");
            json_write_string(out, is_secret(name) ? "***" : value);
        }
        if ((strcmp(name, "uid") == 0 || strcmp(name, "user_uid") == 0) &&
            strlen(value) < USER_UID_SIZE)
            memcpy(target, value, strlen(value) + 1);
        query += length + (query[length] == '&');
    }
}

/* A name that no browser has: worth a note, no more. */
static bool is_browser(const char *agent)
{
    return agent && (strstr(agent, "Mozilla/") || strstr(agent, "Opera/"));
}

static bool find_target(struct inquiry *inquiry, char target[static USER_UID_SIZE])
{
    struct user user;
    if (target[0] == '\0')
        return true;
    if (users_by_uid(inquiry->db, NULL, target, &user, inquiry->err))
        return true;
    target[0] = '\0';
    return inquiry->err->code == ERR_NOT_FOUND;
}

enum authz_result authz_audit(struct inquiry *inquiry, const struct user *user, bool permitted,
                              const char *topic)
{
    char of_path[TOPIC_MAX], target[USER_UID_SIZE] = "";
    AUTO(str_release) struct str data = STR_INIT(DATA_BYTES_MAX);
    if (user->id == 0)
        return AUTHZ_ANSWERED;
    if (!inquiry->db)
        return AUTHZ_NEEDS_DATABASE;
    topic_of(inquiry->path, of_path);
    str_add(&data, "{\"path\":");
    json_write_string(&data, inquiry->path);
    write_query(inquiry->question->query, &data, target);
    if (!is_browser(inquiry->question->visitor.user_agent))
        str_add(&data, ",\"note\":\"Detected suspicious browser\"");
    str_add(&data, "}");
    enum permission_verb verb = permission_verb_of(inquiry->question->method);
    bool recorded =
        find_target(inquiry, target) &&
        activity_record(inquiry->db,
                        &(struct activity){.user_id = user->id,
                                           .target_uid = target[0] ? target : NULL,
                                           .by_admin = true,
                                           .topic = topic[0] ? topic : of_path,
                                           .action = action_of(verb),
                                           .result = permitted ? ACTIVITY_SUCCEED : ACTIVITY_DENIED,
                                           .data = str_ok(&data) ? data.data : NULL},
                        &inquiry->question->visitor, inquiry->err);
    /* What must be written down and can't be does not happen; a refusal stays one. */
    return recorded || !permitted ? AUTHZ_ANSWERED : AUTHZ_FAILED;
}
