/* oauth_flows.h: the tables of what is under way: requests, devices, proofs, calls to log out. */
#ifndef AUTH_STORE_OAUTH_FLOWS_H
#define AUTH_STORE_OAUTH_FLOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/oauth_code.h"
#include "contract/scope.h"
#include "auth/store/oauth_grants.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

/* ---- authorization requests ---- */

enum oauth_flow_kind { OAUTH_FLOW_PUSHED, OAUTH_FLOW_BROWSER };

struct oauth_flow {
    enum oauth_flow_kind kind;
    uint64_t client;
    const char *params; /* JSON; of a row that was read: in the arena */
    bool was_pushed;
    uint8_t browser[OAUTH_HASH_SIZE];
    uint64_t device;     /* 0: none */
    int64_t login_after; /* 0: any time */
    int64_t expires_at;
};
bool oauth_flows_insert(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE],
                        const struct oauth_flow *flow, struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND: none of this kind, or it is over. */
bool oauth_flows_find(struct db *db, struct arena *arena, enum oauth_flow_kind kind,
                      const uint8_t hash[static OAUTH_HASH_SIZE], int64_t now_us,
                      struct oauth_flow *ret_flow, struct err *err) MUST_CHECK;
/* ret_first: it was still there. */
bool oauth_flows_take(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE], bool *ret_first,
                      struct err *err) MUST_CHECK;

/* ---- devices ---- */

enum oauth_device_state { DEVICE_PENDING, DEVICE_APPROVED, DEVICE_DENIED, DEVICE_USED };

struct oauth_device {
    uint64_t row;
    char user_code[USER_CODE_SIZE];
    uint64_t client;
    scope_set scopes;
    char resource[OAUTH_RESOURCE_SIZE];
    enum oauth_device_state state;
    uint64_t grant; /* 0: none */
    uint32_t interval_s;
    int64_t polled_at, expires_at;
};
/* ERR_CONFLICT: the user code is in use. */
bool oauth_devices_insert(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE],
                          const struct oauth_device *device, struct err *err) MUST_CHECK;
/* All ERR_NOT_FOUND. Locking ones belong into a transaction. */
bool oauth_devices_lock(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE],
                        struct oauth_device *ret_device, struct err *err) MUST_CHECK;
bool oauth_devices_lock_row(struct db *db, uint64_t row, struct oauth_device *ret_device,
                            struct err *err) MUST_CHECK;
bool oauth_devices_by_code(struct db *db, const char *user_code, int64_t now_us,
                           struct oauth_device *ret_device, struct err *err) MUST_CHECK;
bool oauth_devices_update(struct db *db, const struct oauth_device *device, struct err *err)
    MUST_CHECK;

/* ---- single use ---- */

/* True the first time, in *ret_first. `kind`: "dpop", "assertion". */
bool oauth_once(struct db *db, const char *kind, const char *maker, const char *jti,
                int64_t expires_at, bool *ret_first, struct err *err) MUST_CHECK;

/* ---- calls to log out ---- */

struct oauth_logout {
    uint64_t row, client;
    char uid[USER_UID_SIZE], sid[OAUTH_SID_SIZE];
    uint32_t tries;
};
/* Takes the ones that are due, for lease_us; another process passes over them. */
bool oauth_logouts_take(struct db *db, struct arena *arena, int64_t now_us, int64_t lease_us,
                        size_t limit, struct oauth_logout **ret_logouts, size_t *ret_count,
                        struct err *err) MUST_CHECK;
bool oauth_logouts_delete(struct db *db, uint64_t row, struct err *err) MUST_CHECK;
bool oauth_logouts_retry(struct db *db, uint64_t row, int64_t next_at, struct err *err) MUST_CHECK;

#endif
