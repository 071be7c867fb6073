/* profiles.h: the table of profiles. Rows are clear here and sealed there; their texts are in the
 * arena. The rules are in domain/profile.h. */
#ifndef AUTH_STORE_PROFILES_H
#define AUTH_STORE_PROFILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/profile.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "secret/secret.h"

/* In the order of creation. */
bool profiles_of_user(struct db *db, struct secret_store *secrets, struct arena *arena,
                      uint64_t user_id, struct profile **ret_profiles, size_t *ret_count,
                      struct err *err) MUST_CHECK;
/* Of everybody, newest first, a page of them. */
bool profiles_page(struct db *db, struct secret_store *secrets, struct arena *arena,
                   uint64_t offset, uint64_t limit, struct profile **ret_profiles,
                   size_t *ret_count, uint64_t *ret_total, struct err *err) MUST_CHECK;
/* The user's last profile in this state. ERR_NOT_FOUND. */
bool profiles_find(struct db *db, struct secret_store *secrets, struct arena *arena,
                   uint64_t user_id, enum profile_state state, struct profile *ret_profile,
                   struct err *err) MUST_CHECK;
bool profiles_by_id(struct db *db, struct secret_store *secrets, struct arena *arena, uint64_t id,
                    struct profile *ret_profile, struct err *err) MUST_CHECK;
/* The user's last profile, whatever its state. ERR_NOT_FOUND. */
bool profiles_last(struct db *db, struct secret_store *secrets, struct arena *arena,
                   uint64_t user_id, struct profile *ret_profile, struct err *err) MUST_CHECK;

/* Whose applicant it is at the provider of identity checks. ERR_NOT_FOUND. */
bool profiles_by_applicant(struct db *db, const char *applicant_id, uint64_t *ret_user_id,
                           struct err *err) MUST_CHECK;

/* Sets id and times. ERR_CONFLICT, key "state.exists": one is drafted or submitted already. */
bool profiles_insert(struct db *db, struct secret_store *secrets, struct arena *arena,
                     struct profile *profile, int64_t now_us, struct err *err) MUST_CHECK;
/* Overwrites all but user and author. */
bool profiles_update(struct db *db, struct secret_store *secrets, struct arena *arena,
                     struct profile *profile, int64_t now_us, struct err *err) MUST_CHECK;

#endif
