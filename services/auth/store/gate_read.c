#include "auth/store/gate_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

static bool text_fits(const struct db_result *rows, unsigned column, char *buffer, size_t size)
{
    const char *text = db_get_text(rows, column);
    if (text && strlen(text) >= size)
        return false;
    db_get_chars(rows, column, buffer, size);
    return true;
}

static bool permission_read(const struct db_result *rows, struct permission *row)
{
    /* A slash in front is what people write, and would never match. */
    const char *path = db_get_text(rows, 2);
    if (!path || strlen(path + strspn(path, "/")) >= sizeof(row->path))
        return false;
    path += strspn(path, "/");
    memcpy(row->path, path, strlen(path) + 1);
    return text_fits(rows, 0, row->role, sizeof(row->role)) &&
           permission_verb_parse(db_get_text(rows, 1), &row->verb) &&
           permission_action_parse(db_get_text(rows, 3), &row->action) &&
           text_fits(rows, 4, row->topic, sizeof(row->topic));
}

bool permissions_load(struct db *db, struct permission_set **ret_set, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    size_t count = 0;
    if (!db_query(db, "SELECT role, verb, path, action, topic FROM permissions ORDER BY id LIMIT ?",
                  DB_ARGS(DB_I64(PERMISSIONS_MAX + 1)), &rows, err))
        return false;
    if (db_row_count(rows) > PERMISSIONS_MAX)
        return err_set(err, ERR_INTERNAL, "more than %d permissions", PERMISSIONS_MAX);
    struct permission *list = calloc(db_row_count(rows) + 1, sizeof(*list));
    bool good = list != NULL || err_set(err, ERR_INTERNAL, "no memory");
    while (good && db_row_next(rows))
        good = permission_read(rows, &list[count++]) ||
               err_set(err, ERR_INTERNAL, "permission %zu has a value that does not fit", count);
    *ret_set = good ? permission_set_new(list, count) : NULL;
    free(list);
    return good && (*ret_set || err_set(err, ERR_INTERNAL, "no memory"));
}

bool restrictions_load(struct db *db, struct restriction_set **ret_set, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    size_t count = 0;
    if (!db_query(db,
                  "SELECT category, scope, value, COALESCE(code, 0) FROM restrictions"
                  " WHERE state = 'enabled' ORDER BY id LIMIT ?",
                  DB_ARGS(DB_I64(RESTRICTIONS_MAX + 1)), &rows, err))
        return false;
    if (db_row_count(rows) > RESTRICTIONS_MAX)
        return err_set(err, ERR_INTERNAL, "more than %d restrictions", RESTRICTIONS_MAX);
    struct restriction *list = calloc(db_row_count(rows) + 1, sizeof(*list));
    bool good = list != NULL || err_set(err, ERR_INTERNAL, "no memory");
    while (good && db_row_next(rows)) {
        struct restriction *row = &list[count++];
        row->code = (int)db_get_i64(rows, 3);
        good = (restriction_category_parse(db_get_text(rows, 0), &row->category) &&
                restriction_scope_parse(db_get_text(rows, 1), &row->scope) &&
                text_fits(rows, 2, row->value, sizeof(row->value))) ||
               err_set(err, ERR_INTERNAL, "restriction %zu has a value that does not fit", count);
    }
    *ret_set = good ? restriction_set_new(list, count) : NULL;
    free(list);
    return good && (*ret_set || err_set(err, ERR_INTERNAL, "no memory"));
}
