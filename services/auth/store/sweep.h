/* sweep.h: rows that are over by the clock are deleted, some at a time. */
#ifndef AUTH_STORE_SWEEP_H
#define AUTH_STORE_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"

/* Every table of sweep.c once. */
bool sweep_all(struct db *db, int64_t now_us, struct err *err) MUST_CHECK;

#endif
