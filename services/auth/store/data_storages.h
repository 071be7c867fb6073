/* data_storages.h: the table of what front ends keep with users. */
#ifndef AUTH_STORE_DATA_STORAGES_H
#define AUTH_STORE_DATA_STORAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/data_storage.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

bool data_storages_of_user(struct db *db, struct arena *arena, uint64_t user_id,
                           struct data_storage **ret_storages, size_t *ret_count, struct err *err)
    MUST_CHECK;
/* Sets id and times. ERR_CONFLICT: the user has the title. */
bool data_storages_insert(struct db *db, struct data_storage *storage, int64_t now_us,
                          struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND. */
bool data_storages_delete(struct db *db, uint64_t user_id, const char *title, struct err *err)
    MUST_CHECK;

#endif
