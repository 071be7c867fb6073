/*
 * throttles.h: what may happen only so often, durable and shared by all processes (catalogue A-03,
 * A limit is a bucket that holds `per_hour` and refills as many in an hour; taking is one
 * atomic statement, before the thing is tried, so that a thousand at once get no more than it holds.
 *
 *     struct throttle limit = {"sign_in.account", email, config->limit_sign_in_account};
 *     if (!throttle_take(db, &limit, now_us, &granted, err)) return false;
 *     if (!granted) return err_set_key(err, ERR_TOO_MANY, NULL, "...");
 *     ... it was harmless: throttle_give_back(db, &limit, err)
 *
 * Not inside a transaction: a bucket must stay emptied when what was tried fails.
 */
#ifndef AUTH_STORE_THROTTLES_H
#define AUTH_STORE_THROTTLES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"

enum { THROTTLE_PER_HOUR_MAX = 1000000 };

struct throttle {
    const char *name;  /* of the limit: "sign_in.account" */
    const char *key;   /* of what is limited: an address, a number; hashed, in lower case */
    uint32_t per_hour; /* 1..THROTTLE_PER_HOUR_MAX; 0: nothing is granted */
};

bool throttle_take(struct db *db, const struct throttle *throttle, int64_t now_us,
                   bool *ret_granted, struct err *err) MUST_CHECK;
/* One of those taken did not count. */
bool throttle_give_back(struct db *db, const struct throttle *throttle, struct err *err) MUST_CHECK;

#endif
