#include "auth/store/labels.h"

#define COLUMNS "id, user_id, `key`, value, scope, description, created_at, updated_at"

static bool label_from_row(const struct db_result *rows, struct arena *arena,
                           struct label *ret_label)
{
    struct label label = {.id = db_get_u64(rows, 0),
                          .user_id = db_get_u64(rows, 1),
                          .created_at = db_get_time_us(rows, 6),
                          .updated_at = db_get_time_us(rows, 7)};
    db_get_chars(rows, 2, label.key, sizeof(label.key));
    db_get_chars(rows, 3, label.value, sizeof(label.value));
    bool known = label_scope_parse(db_get_text(rows, 4), &label.scope);
    assert(known); /* an ENUM of these */
    const char *description = db_get_text(rows, 5);
    if (description && !(label.description = arena_strdup(arena, description)))
        return false;
    *ret_label = label;
    return true;
}

bool labels_of_user(struct db *db, struct arena *arena, uint64_t user_id, struct label **ret_labels,
                    size_t *ret_count, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT " COLUMNS " FROM labels WHERE user_id = ? ORDER BY created_at, id",
                  DB_ARGS(DB_U64(user_id)), &rows, err))
        return false;
    size_t count = db_row_count(rows), filled = 0;
    struct label *labels = arena_alloc(arena, (count + 1) * sizeof(*labels));
    while (labels && db_row_next(rows) && label_from_row(rows, arena, &labels[filled]))
        filled++;
    db_result_free(rows);
    if (!labels || filled < count)
        return err_set(err, ERR_BUSY, "no memory for labels");
    *ret_labels = labels;
    *ret_count = count;
    return true;
}

bool labels_find(struct db *db, struct arena *arena, uint64_t user_id, const char *key,
                 enum label_scope scope, struct label *ret_label, struct err *err)
{
    struct db_result *rows;
    if (!db_query(
            db, "SELECT " COLUMNS " FROM labels WHERE user_id = ? AND `key` = ? AND scope = ?",
            DB_ARGS(DB_U64(user_id), DB_TEXT(key), DB_TEXT(label_scope_name(scope))), &rows, err))
        return false;
    bool found = db_row_next(rows), fits = found && label_from_row(rows, arena, ret_label);
    db_result_free(rows);
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "no such label");
    return fits || err_set(err, ERR_BUSY, "no memory for a label");
}

bool labels_insert(struct db *db, struct label *label, int64_t now_us, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "INSERT INTO labels (user_id, `key`, value, scope, description, created_at,"
                  " updated_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                  DB_ARGS(DB_U64(label->user_id), DB_TEXT(label->key), DB_TEXT(label->value),
                          DB_TEXT(label_scope_name(label->scope)), DB_TEXT(label->description),
                          DB_TIME(now_us), DB_TIME(now_us)),
                  &rows, err))
        return false;
    bool inserted = db_row_next(rows);
    if (inserted) {
        label->id = db_get_u64(rows, 0);
        label->created_at = label->updated_at = now_us;
    }
    db_result_free(rows);
    return inserted || err_set(err, ERR_INTERNAL, "a label without an id");
}

bool labels_update(struct db *db, const struct label *label, int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "UPDATE labels SET `key` = ?, value = ?, scope = ?, description = ?,"
                   " updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(label->key), DB_TEXT(label->value),
                           DB_TEXT(label_scope_name(label->scope)), DB_TEXT(label->description),
                           DB_TIME(now_us), DB_U64(label->id)),
                   NULL, err);
}

bool labels_delete(struct db *db, uint64_t id, struct err *err)
{
    return db_exec(db, "DELETE FROM labels WHERE id = ?", DB_ARGS(DB_U64(id)), NULL, err);
}

bool levels_list(struct db *db, struct arena *arena, struct level **ret_levels, size_t *ret_count,
                 struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT id, `key`, value FROM levels ORDER BY id", DB_NONE, &rows, err))
        return false;
    size_t count = db_row_count(rows), filled = 0;
    struct level *levels = arena_alloc(arena, (count + 1) * sizeof(*levels));
    while (levels && db_row_next(rows)) {
        levels[filled].id = (int32_t)db_get_i64(rows, 0);
        db_get_chars(rows, 1, levels[filled].key, LABEL_TEXT_SIZE);
        db_get_chars(rows, 2, levels[filled++].value, LABEL_TEXT_SIZE);
    }
    db_result_free(rows);
    if (!levels)
        return err_set(err, ERR_BUSY, "no memory for levels");
    *ret_levels = levels;
    *ret_count = count;
    return true;
}
