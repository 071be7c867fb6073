/* service_accounts.h: the table of service accounts. */
#ifndef AUTH_STORE_SERVICE_ACCOUNTS_H
#define AUTH_STORE_SERVICE_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/service_account.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

/* ERR_NOT_FOUND. */
bool service_accounts_by_uid(struct db *db, const char *uid, struct service_account *ret_account,
                             struct err *err) MUST_CHECK;
bool service_accounts_by_id(struct db *db, uint64_t id, struct service_account *ret_account,
                            struct err *err) MUST_CHECK;
bool service_accounts_by_email(struct db *db, const char *email,
                               struct service_account *ret_account, struct err *err) MUST_CHECK;
/* owner_id 0: everybody's. In the order of ids. */
bool service_accounts_page(struct db *db, struct arena *arena, uint64_t owner_id, uint64_t offset,
                           uint64_t limit, struct service_account **ret_accounts, size_t *ret_count,
                           uint64_t *ret_total, struct err *err) MUST_CHECK;
/* Sets id and times; the uid must be claimed (store/users.h). ERR_CONFLICT. */
bool service_accounts_insert(struct db *db, struct service_account *account, int64_t now_us,
                             struct err *err) MUST_CHECK;
/* Overwrites owner, email, role, level, state. */
bool service_accounts_update(struct db *db, struct service_account *account, int64_t now_us,
                             struct err *err) MUST_CHECK;
/* Those of an owner take his level; and his state, if he is not active or they shared his former one.
 * Those that are disabled stay so. Gives their uids, in the arena, so that caches can be told. */
bool service_accounts_follow(struct db *db, struct arena *arena, const struct user *owner,
                             const char *former_state, int64_t now_us, const char *const **ret_uids,
                             size_t *ret_count, struct err *err) MUST_CHECK;

#endif
