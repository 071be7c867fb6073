#include "auth/store/comments.h"

#include "db/listing.h"

static void read_row(struct row_reader *reader, void *row)
{
    *(struct comment *)row = (struct comment){
        .id = db_get_u64(reader->result, 0),
        .user_id = db_get_u64(reader->result, 1),
        .author_uid = row_text(reader, 2),
        .title = row_text(reader, 3),
        .data = row_text(reader, 4),
        .created_at = db_get_time_us(reader->result, 5),
        .updated_at = db_get_time_us(reader->result, 6),
    };
}

static const struct listing_column columns[] = {{"id", "id"}, {NULL}};

static const struct listing_table table = {
    .count = "SELECT COUNT(*) FROM comments WHERE TRUE",
    .select = "SELECT id, user_id, author_uid, title, data, created_at, updated_at FROM comments"
              " WHERE TRUE",
    .columns = columns,
    .row_size = sizeof(struct comment),
    .read = read_row,
};

bool comments_of_user(struct db *db, struct arena *arena, uint64_t user_id,
                      struct comment **ret_comments, size_t *ret_count, struct err *err)
{
    struct listing listing = {.arena = arena,
                              .where = STR_INIT(LISTING_BYTES_MAX),
                              .uncounted = true,
                              .limit = COMMENTS_MAX};
    struct listed listed;
    db_sql(db, &listing.where, " AND user_id = ?", DB_ARGS(DB_U64(user_id)));
    bool ok = listing_run(db, &table, &listing, &listed, err);
    str_release(&listing.where);
    if (!ok)
        return false;
    *ret_comments = listed.rows;
    *ret_count = listed.count;
    return true;
}

bool comments_lock(struct db *db, struct arena *arena, uint64_t id, struct comment *ret_comment,
                   struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = true};
    db_sql(db, &listing.where, " AND id = ?", DB_ARGS(DB_U64(id)));
    bool ok = listing_find(db, &table, &listing, ret_comment, err);
    str_release(&listing.where);
    return ok;
}

bool comments_insert(struct db *db, struct comment *comment, struct err *err)
{
    int64_t id;
    if (!row_insert(db,
                    "INSERT INTO comments (user_id, author_uid, title, data, created_at,"
                    " updated_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
                    DB_ARGS(DB_U64(comment->user_id), DB_TEXT(comment->author_uid),
                            DB_TEXT(comment->title), DB_TEXT(comment->data),
                            DB_TIME(comment->created_at), DB_TIME(comment->updated_at)),
                    &id, err))
        return false;
    comment->id = (uint64_t)id;
    return true;
}

bool comments_update(struct db *db, const struct comment *comment, struct err *err)
{
    return db_exec(db, "UPDATE comments SET title = ?, data = ?, updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(comment->title), DB_TEXT(comment->data),
                           DB_TIME(comment->updated_at), DB_U64(comment->id)),
                   NULL, err);
}

bool comments_delete(struct db *db, uint64_t id, struct err *err)
{
    return db_exec(db, "DELETE FROM comments WHERE id = ?", DB_ARGS(DB_U64(id)), NULL, err);
}
