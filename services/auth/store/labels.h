/* labels.h: the table of labels. The rules, and what follows from a label, are in actions/label_set.h:
 * call those. */
#ifndef AUTH_STORE_LABELS_H
#define AUTH_STORE_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/label.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

/* In the order of creation; the array and its texts are in the arena. */
bool labels_of_user(struct db *db, struct arena *arena, uint64_t user_id, struct label **ret_labels,
                    size_t *ret_count, struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND. */
bool labels_find(struct db *db, struct arena *arena, uint64_t user_id, const char *key,
                 enum label_scope scope, struct label *ret_label, struct err *err) MUST_CHECK;
/* Sets id and times. ERR_CONFLICT: the user has the key in this scope. */
bool labels_insert(struct db *db, struct label *label, int64_t now_us, struct err *err) MUST_CHECK;
/* Overwrites key, value, scope, description of the label with this id. ERR_CONFLICT. */
bool labels_update(struct db *db, const struct label *label, int64_t now_us, struct err *err)
    MUST_CHECK;
bool labels_delete(struct db *db, uint64_t id, struct err *err) MUST_CHECK;

/* The levels in the order of their ids, in the arena. */
bool levels_list(struct db *db, struct arena *arena, struct level **ret_levels, size_t *ret_count,
                 struct err *err) MUST_CHECK;

#endif
