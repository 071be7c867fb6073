/* list_filter.h: conditions that the lists of administrators have in common. Each adds its condition
 * (" AND u.uid = ?") to `where`, or nothing when the filter says nothing. */
#ifndef AUTH_STORE_LIST_FILTER_H
#define AUTH_STORE_LIST_FILTER_H

#include "base/str.h"
#include "contract/param_value.h"
#include "db/db.h"

/* NULL and "": any. */
void filter_text(struct db *db, struct str *where, const char *condition, const char *text);

/* Unix seconds; the condition compares with ">=" and "<=": both ends are inside. */
void filter_from(struct db *db, struct str *where, const char *condition, struct param_i64 from_s);
void filter_to(struct db *db, struct str *where, const char *condition, struct param_i64 to_s);

#endif
