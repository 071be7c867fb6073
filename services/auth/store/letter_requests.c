#include "auth/store/letter_requests.h"

#include <string.h>

enum { EMAIL_CHARS_MAX = 255, AGENT_CHARS_MAX = 512 };

static const char *kind_name(bool is_reset)
{
    return is_reset ? "reset" : "confirmation";
}

bool letter_requests_add(struct db *db, const struct letter_request *request, int64_t now_us,
                         struct err *err)
{
    const struct visitor *visitor = &request->visitor;
    return db_exec(db,
                   "INSERT INTO letter_requests (kind, email, user_ip, user_ip_country, user_agent,"
                   " created_at) VALUES (?, LEFT(?, ?), ?, ?, LEFT(?, ?), ?)",
                   DB_ARGS(DB_TEXT(kind_name(request->is_reset)), DB_TEXT(request->email),
                           DB_I64(EMAIL_CHARS_MAX), DB_TEXT(visitor->ip), DB_TEXT(visitor->country),
                           DB_TEXT(visitor->user_agent ? visitor->user_agent : ""),
                           DB_I64(AGENT_CHARS_MAX), DB_TIME(now_us)),
                   NULL, err);
}

static bool copy_row(const struct db_result *rows, struct arena *arena,
                     struct letter_request *request)
{
    request->id = db_get_u64(rows, 0);
    request->is_reset = strcmp(db_get_text(rows, 1), kind_name(true)) == 0;
    request->email = arena_strdup(arena, db_get_text(rows, 2));
    db_get_chars(rows, 3, request->visitor.ip, sizeof(request->visitor.ip));
    db_get_chars(rows, 4, request->visitor.country, sizeof(request->visitor.country));
    request->visitor.user_agent = arena_strdup(arena, db_get_text(rows, 5));
    return request->email && request->visitor.user_agent;
}

bool letter_requests_read(struct db *db, struct arena *arena, size_t rows_max,
                          struct letter_request **ret_rows, size_t *ret_count, struct err *err)
{
    struct db_result *result;
    if (!db_query(db,
                  "SELECT id, kind, email, user_ip, user_ip_country, user_agent"
                  " FROM letter_requests ORDER BY id LIMIT ?",
                  DB_ARGS(DB_U64(rows_max)), &result, err))
        return false;
    size_t count = 0;
    struct letter_request *rows = arena_alloc(arena, (db_row_count(result) + 1) * sizeof(*rows));
    while (rows && db_row_next(result) && copy_row(result, arena, &rows[count]))
        count++;
    db_result_free(result);
    if (!rows)
        return err_set(err, ERR_INTERNAL, "no memory for letter requests");
    *ret_rows = rows;
    *ret_count = count;
    return true;
}

bool letter_requests_take(struct db *db, uint64_t id, bool *ret_was_there, struct err *err)
{
    uint64_t count;
    if (!db_exec(db, "DELETE FROM letter_requests WHERE id = ?", DB_ARGS(DB_U64(id)), &count, err))
        return false;
    *ret_was_there = count > 0;
    return true;
}
