/* comments.h: what administrators note about a user. */
#ifndef AUTH_STORE_COMMENTS_H
#define AUTH_STORE_COMMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

enum { COMMENT_TITLE_MAX = 64, COMMENT_DATA_MAX = 65535, COMMENTS_MAX = 1000 /* of one user */ };

struct comment {
    uint64_t id, user_id;
    const char *author_uid, *title, *data; /* in the arena */
    int64_t created_at, updated_at;
};

/* In the order of creation. */
bool comments_of_user(struct db *db, struct arena *arena, uint64_t user_id,
                      struct comment **ret_comments, size_t *ret_count, struct err *err) MUST_CHECK;
/* For a change, in its transaction. ERR_NOT_FOUND. */
bool comments_lock(struct db *db, struct arena *arena, uint64_t id, struct comment *ret_comment,
                   struct err *err) MUST_CHECK;
/* Sets id. */
bool comments_insert(struct db *db, struct comment *comment, struct err *err) MUST_CHECK;
bool comments_update(struct db *db, const struct comment *comment, struct err *err) MUST_CHECK;
bool comments_delete(struct db *db, uint64_t id, struct err *err) MUST_CHECK;

#endif
