/* gate_read.h: the whole tables that authz keeps in memory (state/gate.h). */
#ifndef AUTH_STORE_GATE_READ_H
#define AUTH_STORE_GATE_READ_H

#include "auth/domain/permission.h"
#include "auth/domain/restriction.h"
#include "base/err.h"
#include "db/db.h"

/* The caller frees the set. More rows than a set holds are an error, and so is one that does not fit:
 * half a table of permissions is no table. */
bool permissions_load(struct db *db, struct permission_set **ret_set, struct err *err) MUST_CHECK;
/* Enabled rows alone. */
bool restrictions_load(struct db *db, struct restriction_set **ret_set, struct err *err) MUST_CHECK;

#endif
