#include "auth/store/oauth_flows.h"

#include <string.h>

#include "base/auto.h"

#define HASH(bytes) DB_BYTES((bytes), OAUTH_HASH_SIZE)
#define DEVICE_COLUMNS                                                                             \
    "id, user_code, client_id, scope, resource, state, grant_id, interval_s, polled_at, "          \
    "expires_at"

/* ---- authorization requests ---- */

static const char *const flow_kinds[] = {"pushed", "browser"};

bool oauth_flows_insert(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE],
                        const struct oauth_flow *flow, struct err *err)
{
    bool browser = flow->kind == OAUTH_FLOW_BROWSER;
    return db_exec(db,
                   "INSERT INTO oauth_flows (handle_hash, kind, client_id, params, pushed,"
                   " browser_hash, device_id, login_after, expires_at)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   DB_ARGS(HASH(hash), DB_TEXT(flow_kinds[flow->kind]), DB_U64(flow->client),
                           DB_TEXT(flow->params), DB_I64(flow->was_pushed),
                           browser ? HASH(flow->browser) : DB_NULL,
                           flow->device ? DB_U64(flow->device) : DB_NULL,
                           DB_TIME(flow->login_after), DB_TIME(flow->expires_at)),
                   NULL, err);
}

bool oauth_flows_find(struct db *db, struct arena *arena, enum oauth_flow_kind kind,
                      const uint8_t hash[static OAUTH_HASH_SIZE], int64_t now_us,
                      struct oauth_flow *ret_flow, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT client_id, params, pushed, browser_hash, device_id, login_after,"
                  " expires_at FROM oauth_flows WHERE handle_hash = ? AND kind = ?"
                  " AND expires_at > ?",
                  DB_ARGS(HASH(hash), DB_TEXT(flow_kinds[kind]), DB_TIME(now_us)), &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (found) {
        *ret_flow = (struct oauth_flow){.kind = kind,
                                        .client = db_get_u64(rows, 0),
                                        .params = arena_strdup(arena, db_get_text(rows, 1)),
                                        .was_pushed = db_get_bool(rows, 2),
                                        .device = db_get_u64(rows, 4),
                                        .login_after = db_get_time_us(rows, 5),
                                        .expires_at = db_get_time_us(rows, 6)};
        if (kind == OAUTH_FLOW_BROWSER) {
            size_t length;
            const void *bytes = db_get_bytes(rows, 3, &length);
            assert(length == OAUTH_HASH_SIZE);
            memcpy(ret_flow->browser, bytes, length);
        }
    }
    db_result_free(rows);
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "no such request");
    return ret_flow->params || err_set(err, ERR_BUSY, "no memory for a request");
}

bool oauth_flows_take(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE], bool *ret_first,
                      struct err *err)
{
    uint64_t count;
    if (!db_exec(db, "DELETE FROM oauth_flows WHERE handle_hash = ?", DB_ARGS(HASH(hash)), &count,
                 err))
        return false;
    *ret_first = count > 0;
    return true;
}

/* ---- devices ---- */

static const char *const device_states[] = {"pending", "approved", "denied", "used"};

bool oauth_devices_insert(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE],
                          const struct oauth_device *device, struct err *err)
{
    char scopes[SCOPES_TEXT_MAX];
    return db_exec(db,
                   "INSERT INTO oauth_devices (device_hash, user_code, client_id, scope, resource,"
                   " interval_s, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                   DB_ARGS(HASH(hash), DB_TEXT(device->user_code), DB_U64(device->client),
                           DB_TEXT(scopes_text(device->scopes, scopes)),
                           DB_TEXT(device->resource[0] ? device->resource : NULL),
                           DB_U64(device->interval_s), DB_TIME(device->expires_at)),
                   NULL, err);
}

static bool device_find(struct db *db, const char *sql, const struct db_value *values, size_t count,
                        struct oauth_device *ret_device, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, sql, values, count, &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (found) {
        struct oauth_device device = {.row = db_get_u64(rows, 0),
                                      .client = db_get_u64(rows, 2),
                                      .grant = db_get_u64(rows, 6),
                                      .interval_s = (uint32_t)db_get_u64(rows, 7),
                                      .polled_at = db_get_time_us(rows, 8),
                                      .expires_at = db_get_time_us(rows, 9)};
        db_get_chars(rows, 1, device.user_code, sizeof(device.user_code));
        if (!scopes_parse(db_get_text(rows, 3), &device.scopes))
            device.scopes = 0;
        db_get_chars(rows, 4, device.resource, sizeof(device.resource));
        for (size_t i = 0; i < ARRAY_LEN(device_states); i++)
            if (strcmp(device_states[i], db_get_text(rows, 5)) == 0)
                device.state = (enum oauth_device_state)i;
        *ret_device = device;
    }
    db_result_free(rows);
    return found || err_set(err, ERR_NOT_FOUND, "no such device");
}

bool oauth_devices_lock(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE],
                        struct oauth_device *ret_device, struct err *err)
{
    return device_find(
        db, "SELECT " DEVICE_COLUMNS " FROM oauth_devices WHERE device_hash = ? FOR UPDATE",
        DB_ARGS(HASH(hash)), ret_device, err);
}

bool oauth_devices_lock_row(struct db *db, uint64_t row, struct oauth_device *ret_device,
                            struct err *err)
{
    return device_find(db, "SELECT " DEVICE_COLUMNS " FROM oauth_devices WHERE id = ? FOR UPDATE",
                       DB_ARGS(DB_U64(row)), ret_device, err);
}

bool oauth_devices_by_code(struct db *db, const char *user_code, int64_t now_us,
                           struct oauth_device *ret_device, struct err *err)
{
    return device_find(db,
                       "SELECT " DEVICE_COLUMNS " FROM oauth_devices WHERE user_code = ?"
                       " AND state = 'pending' AND expires_at > ?",
                       DB_ARGS(DB_TEXT(user_code), DB_TIME(now_us)), ret_device, err);
}

bool oauth_devices_update(struct db *db, const struct oauth_device *device, struct err *err)
{
    return db_exec(db,
                   "UPDATE oauth_devices SET state = ?, grant_id = ?, interval_s = ?,"
                   " polled_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(device_states[device->state]),
                           device->grant ? DB_U64(device->grant) : DB_NULL,
                           DB_U64(device->interval_s), DB_TIME(device->polled_at),
                           DB_U64(device->row)),
                   NULL, err);
}

/* ---- single use ---- */

bool oauth_once(struct db *db, const char *kind, const char *maker, const char *jti,
                int64_t expires_at, bool *ret_first, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(16 * 1024);
    uint8_t hash[OAUTH_HASH_SIZE];
    uint64_t count;
    str_add_format(&text, "%s\n%zu\n%s\n%s", kind, strlen(maker), maker, jti);
    if (!str_ok(&text))
        return err_set(err, ERR_INVALID, "a jti is too long");
    sha256(text.data, text.length, hash);
    if (!db_exec(db, "INSERT IGNORE INTO oauth_once (id, expires_at) VALUES (?, ?)",
                 DB_ARGS(HASH(hash), DB_TIME(expires_at)), &count, err))
        return false;
    *ret_first = count > 0;
    return true;
}

/* ---- calls to log out ---- */

struct taking {
    struct arena *arena;
    int64_t now_us, lease_us;
    size_t limit;
    struct oauth_logout *logouts;
    size_t count;
};

static bool take_unit(struct db *db, void *arg, struct err *err)
{
    struct taking *taking = arg;
    struct db_result *rows;
    taking->count = 0;
    if (!db_query(db,
                  "SELECT id, client_id, uid, sid, tries FROM oauth_logouts WHERE next_at <= ?"
                  " ORDER BY next_at LIMIT ? FOR UPDATE SKIP LOCKED",
                  DB_ARGS(DB_TIME(taking->now_us), DB_U64(taking->limit)), &rows, err))
        return false;
    while (db_row_next(rows) && taking->count < taking->limit) {
        struct oauth_logout *logout = &taking->logouts[taking->count++];
        *logout = (struct oauth_logout){.row = db_get_u64(rows, 0),
                                        .client = db_get_u64(rows, 1),
                                        .tries = (uint32_t)db_get_u64(rows, 4)};
        db_get_chars(rows, 2, logout->uid, sizeof(logout->uid));
        db_get_chars(rows, 3, logout->sid, sizeof(logout->sid));
    }
    db_result_free(rows);
    for (size_t i = 0; i < taking->count; i++)
        if (!db_exec(
                db, "UPDATE oauth_logouts SET next_at = ?, tries = tries + 1 WHERE id = ?",
                DB_ARGS(DB_TIME(taking->now_us + taking->lease_us), DB_U64(taking->logouts[i].row)),
                NULL, err))
            return false;
    return true;
}

bool oauth_logouts_take(struct db *db, struct arena *arena, int64_t now_us, int64_t lease_us,
                        size_t limit, struct oauth_logout **ret_logouts, size_t *ret_count,
                        struct err *err)
{
    struct taking taking = {.arena = arena,
                            .now_us = now_us,
                            .lease_us = lease_us,
                            .limit = limit,
                            .logouts = arena_alloc(arena, limit * sizeof(struct oauth_logout))};
    if (!taking.logouts)
        return err_set(err, ERR_BUSY, "no memory for a list");
    if (!db_transaction(db, take_unit, &taking, err))
        return false;
    *ret_logouts = taking.logouts;
    *ret_count = taking.count;
    return true;
}

bool oauth_logouts_delete(struct db *db, uint64_t row, struct err *err)
{
    return db_exec(db, "DELETE FROM oauth_logouts WHERE id = ?", DB_ARGS(DB_U64(row)), NULL, err);
}

bool oauth_logouts_retry(struct db *db, uint64_t row, int64_t next_at, struct err *err)
{
    return db_exec(db, "UPDATE oauth_logouts SET next_at = ? WHERE id = ?",
                   DB_ARGS(DB_TIME(next_at), DB_U64(row)), NULL, err);
}
