/* known_devices.h: browsers that signed in to an account before (catalogue A-03: who guesses an
 * account's password from elsewhere does not hold back its owner). A device is a random cookie; here
 * is its hash. */
#ifndef AUTH_STORE_KNOWN_DEVICES_H
#define AUTH_STORE_KNOWN_DEVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"

enum {
    DEVICE_HASH_SIZE = 32,
    DEVICES_MAX = 20 /* of one user: the longest unseen one gives way */
};

bool known_devices_have(struct db *db, uint64_t user_id,
                        const uint8_t hash[static DEVICE_HASH_SIZE], bool *ret_known,
                        struct err *err) MUST_CHECK;
bool known_devices_add(struct db *db, uint64_t user_id, const uint8_t hash[static DEVICE_HASH_SIZE],
                       int64_t now_us, struct err *err) MUST_CHECK;
/* None is known any more: after a password reset, whoever had the old one. */
bool known_devices_drop(struct db *db, uint64_t user_id, struct err *err) MUST_CHECK;

#endif
