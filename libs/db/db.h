/*
 * db.h: MariaDB. Statements are constant text with '?' for values; values are typed and written
 * into the text by this library alone (numbers as digits, bytes as x'..', a text of plain ASCII
 * between quotes and every other text as a hexadecimal literal). So statements can't be built from
 * input, several of them and thousands of rows go out in one round trip, and it is the only way
 * that SQL leaves our code. A '?' inside of a literal of the text counts as a value too.
 *
 *     struct db_result *rows;
 *     if (!db_query(db, "SELECT id, balance FROM accounts WHERE member_id = ? AND currency_id = ?",
 *                   DB_ARGS(DB_U64(member), DB_TEXT(currency)), &rows, err)) return false;
 *     while (db_row_next(rows)) { balance = db_get_dec(rows, 1); ... }
 *     db_result_free(rows);
 *
 * Transactions restart as a whole: db_transaction() runs its function, and again (at most
 * DB_TRIES_MAX times, with a growing pause) when the server says 1213, 1205 or 1020. A connection
 * lost at COMMIT is ERR_DB_UNKNOWN: the caller's idempotency decides, never a guess. Outside of
 * db_transaction(), db_snapshot() and db_retry() every call must end its own transaction; one that
 * is left open is rolled back and an error, for the next START TRANSACTION would commit it.
 *
 * Errors: ERR_DB_CONFLICT (run it again), ERR_DB_UNAVAILABLE (the connection is gone, nothing was
 * committed), ERR_DB_UNKNOWN, ERR_CONFLICT (a unique key, named in the story), ERR_TIMEOUT (a
 * statement ran too long), ERR_INVALID (a text that is not UTF-8, an impossible time), ERR_CONFIG
 * (at open: refused by the server), else ERR_INTERNAL with the server's text; a broken CHECK is one
 * of these. Stories name columns and keys and hold no values.
 *
 * A struct db is one connection and belongs to one thread. Connections are opened with READ
 * COMMITTED, UTC, strict mode, no auto-reconnect; a broken one is reopened by db_ready() between
 * units of work (db_transaction() and its like do so themselves). Every round trip has a deadline
 * (DB_TIMEOUT_S).
 */
#ifndef DB_DB_H
#define DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/random.h"
#include "base/str.h"
#include "decimal/dec.h"

enum { DB_TRIES_MAX = 5, DB_TIMEOUT_S = 30, DB_STATEMENT_BYTES_MAX = 48 << 20 };

struct db;
struct db_result;

struct db_config {
    const char *socket; /* unix socket; "" or NULL: host and port */
    const char *host;
    uint16_t port;
    const char *user, *password, *name;
    bool weak_durability_allowed; /* else a server that may lose commits is refused: ERR_CONFIG */
};

/* The same database as another user; an empty name: as the same user. */
static inline struct db_config db_config_as(struct db_config config, const char *user,
                                            const char *password)
{
    if (user[0] != '\0') {
        config.user = user;
        config.password = password;
    }
    return config;
}

/* ---- connections ---- */

bool db_open(const struct db_config *config, struct db **ret_db, struct err *err) MUST_CHECK;
void db_close(struct db *db); /* NULL is fine */
/* Opens again what broke, also what ended while it was idle; cheap when all is well (a look at the
 * socket, no round trip). */
bool db_ready(struct db *db, struct err *err) MUST_CHECK;
bool db_ping(struct db *db, struct err *err) MUST_CHECK;
/* Durability and strictness: innodb_flush_log_at_trx_commit=1, sync_binlog=1 when binlog is on,
 * innodb_doublewrite, strict sql_mode, time zone. ERR_CONFIG lists all that is wrong. Every connection
 * begins with it, also one that is opened again. */
bool db_check_settings(struct db *db, struct err *err) MUST_CHECK;

/* ---- values ---- */

enum db_kind {
    DB_KIND_NULL,
    DB_KIND_I64,
    DB_KIND_U64,
    DB_KIND_DEC,
    DB_KIND_TEXT,
    DB_KIND_BYTES,
    DB_KIND_TIME
};

struct db_value {
    enum db_kind kind;
    int64_t number;
    struct dec dec;
    const void *bytes;
    size_t length;
};

#define DB_NULL ((struct db_value){.kind = DB_KIND_NULL})
#define DB_I64(value) ((struct db_value){.kind = DB_KIND_I64, .number = (int64_t)(value)})
#define DB_U64(value) ((struct db_value){.kind = DB_KIND_U64, .number = (int64_t)(uint64_t)(value)})
#define DB_DEC(value) ((struct db_value){.kind = DB_KIND_DEC, .dec = (value)})
/* NULL text is NULL. */
#define DB_TEXT(value) db_text_value(value)
#define DB_BYTES(data, size)                                                                       \
    ((struct db_value){.kind = DB_KIND_BYTES, .bytes = (data), .length = (size)})
/* Microseconds UTC into DATETIME(6), years 1 to 9999; 0 is NULL. */
#define DB_TIME(us) ((struct db_value){.kind = DB_KIND_TIME, .number = (us)})
struct db_value db_text_value(const char *text);

#define DB_ARGS(...)                                                                               \
    (const struct db_value[]){__VA_ARGS__},                                                        \
        sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)
#define DB_NONE NULL, 0

/* ---- statements ---- */

/* Runs one or several statements (separated by ';') in one round trip; drops their rows.
 * ret_affected (may be NULL): rows of the last statement, counting those that match and have the
 * value already. The first statement that fails ends the batch; the story has its number. */
bool db_exec(struct db *db, const char *sql, const struct db_value *values, size_t count,
             uint64_t *ret_affected, struct err *err) MUST_CHECK;
/* The same; gives the rows of all statements that have rows, one result set after the other. */
bool db_query(struct db *db, const char *sql, const struct db_value *values, size_t count,
              struct db_result **ret_result, struct err *err) MUST_CHECK;

/* Long statements (many rows) are put together in a struct str and run with these. */
void db_sql(struct db *db, struct str *sql, const char *fragment, const struct db_value *values,
            size_t count); /* appends the fragment with its values; errors are sticky in `sql` */
/* Appends "(v1,v2,...)", with a ',' in front unless `first`. For VALUES lists. */
void db_sql_row(struct db *db, struct str *sql, bool first, const struct db_value *values,
                size_t count);
bool db_exec_str(struct db *db, const struct str *sql, uint64_t *ret_affected, struct err *err)
    MUST_CHECK;
bool db_query_str(struct db *db, const struct str *sql, struct db_result **ret_result,
                  struct err *err) MUST_CHECK;

/* ---- rows ---- */

bool db_row_next(struct db_result *result);          /* the next row of the current set */
bool db_result_next(struct db_result *result);       /* the next set; false: there is none */
size_t db_row_count(const struct db_result *result); /* of the current set */
void db_result_free(struct db_result *result);       /* NULL is fine */

/* Columns of the current row. A value that does not convert is a bug in the query: assert. Texts
 * live as long as the result. */
bool db_is_null(const struct db_result *result, unsigned column);
int64_t db_get_i64(const struct db_result *result, unsigned column);
uint64_t db_get_u64(const struct db_result *result, unsigned column);   /* NULL: 0 */
struct dec db_get_dec(const struct db_result *result, unsigned column); /* NULL: 0 */
bool db_get_bool(const struct db_result *result, unsigned column);
int64_t db_get_time_us(const struct db_result *result, unsigned column); /* NULL: 0 */
const char *db_get_text(const struct db_result *result,
                        unsigned column); /* NULL: NULL; lives with the row */
const void *db_get_bytes(const struct db_result *result, unsigned column, size_t *ret_length);
struct uuid db_get_uuid(const struct db_result *result, unsigned column); /* BINARY(16) */
/* Copies text into a char[]; cut to the room. NULL: "". */
void db_get_chars(const struct db_result *result, unsigned column, char *buffer, size_t size);

/* ---- transactions ---- */

/* A unit of work: statements between START TRANSACTION and COMMIT, both issued by db_transaction.
 * False with `err` rolls back. Must leave no trace outside the database: it may run again. */
typedef bool db_unit(struct db *db, void *arg, struct err *err);
bool db_transaction(struct db *db, db_unit *unit, void *arg, struct err *err) MUST_CHECK;
/* The same in REPEATABLE READ with a consistent snapshot, read only. */
bool db_snapshot(struct db *db, db_unit *unit, void *arg, struct err *err) MUST_CHECK;

/* For pipelines that put START and COMMIT into their own batches (one round trip less): runs
 * `attempt` again when it failed with ERR_DB_CONFLICT, after a rollback. An attempt that returns
 * true has committed: one that has not is rolled back, and an error. */
bool db_retry(struct db *db, db_unit *attempt, void *arg, struct err *err) MUST_CHECK;

/* ---- named locks ---- */

/* One in the schema at a time, among all connections. ERR_BUSY: whoever has it keeps it (wait_s 0: asked
 * once). It ends with the connection as well. */
bool db_lock(struct db *db, const char *name, unsigned wait_s, struct err *err) MUST_CHECK;
bool db_unlock(struct db *db, const char *name, struct err *err) MUST_CHECK;

/* ---- migrations ---- */

/* Runs the numbered files NNNN_name.sql of a folder that the table schema_migrations does not have
 * yet, in order, each once, check-summed; refuses a changed or missing old one. Takes a named lock,
 * so that two at once are fine. Calls `say` (may be NULL) with the name of a file before it runs.
 * MariaDB can't undo DDL: a file that fails behind its first statement has to be repaired by hand,
 * and nothing runs until then. A file ends with a statement, not with a comment. */
bool db_migrate(struct db *db, const char *folder, void (*say)(const char *name), struct err *err)
    MUST_CHECK;
/* The same on a connection of its own. */
bool db_migrate_as(const struct db_config *config, const char *folder,
                   void (*say)(const char *name), struct err *err) MUST_CHECK;
/* ERR_CONFIG unless the schema has exactly the files of the folder. */
bool db_schema_is_current(struct db *db, const char *folder, struct err *err) MUST_CHECK;

#endif
