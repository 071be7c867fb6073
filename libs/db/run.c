/*
 * run.c: text to the server, its answers and errors back.
 *
 * What an error text says is shown as far as it names columns and keys. Values never get into a
 * story: a story is logged.
 */
#include "db/connector.h"
#include "db/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

enum { CLIENT_ERROR_MIN = 2000, CLIENT_ERROR_MAX = 2999 };

enum text_policy {
    TEXT_HIDES, /* what stands between quotes is left out: it may be a value */
    TEXT_SHOWS, /* quotes hold names only */
    TEXT_KEY    /* the last quotes hold the name of a key, the rest is left out */
};

struct error_row {
    unsigned number;
    enum err_code code;
    enum text_policy policy;
    bool ends_connection;
};

/* What is not here is ERR_INTERNAL and hides its quotes. */
/* clang-format off */
static const struct error_row error_rows[] = {
    {1020, ERR_DB_CONFLICT,    TEXT_SHOWS, false}, /* row changed since our snapshot */
    {1205, ERR_DB_CONFLICT,    TEXT_SHOWS, false}, /* lock wait timeout */
    {1213, ERR_DB_CONFLICT,    TEXT_SHOWS, false}, /* deadlock */
    {1062, ERR_CONFLICT,       TEXT_KEY,   false}, /* duplicate */
    {1586, ERR_CONFLICT,       TEXT_KEY,   false},
    {1969, ERR_TIMEOUT,        TEXT_SHOWS, false}, /* max_statement_time */
    {1040, ERR_DB_UNAVAILABLE, TEXT_SHOWS, true }, /* too many connections */
    {1053, ERR_DB_UNAVAILABLE, TEXT_SHOWS, true }, /* shutdown in progress */
    {1152, ERR_DB_UNAVAILABLE, TEXT_HIDES, true }, /* aborted connection */
    {1158, ERR_DB_UNAVAILABLE, TEXT_SHOWS, true }, /* network reads and writes, 1158 to 1161 */
    {1159, ERR_DB_UNAVAILABLE, TEXT_SHOWS, true },
    {1160, ERR_DB_UNAVAILABLE, TEXT_SHOWS, true },
    {1161, ERR_DB_UNAVAILABLE, TEXT_SHOWS, true },
    {1203, ERR_DB_UNAVAILABLE, TEXT_SHOWS, true }, /* too many connections of this user */
    {1290, ERR_DB_UNAVAILABLE, TEXT_SHOWS, false}, /* --read-only: a replica, or being moved */
    {1317, ERR_DB_UNAVAILABLE, TEXT_SHOWS, true }, /* query interrupted: KILL QUERY, shutdown */
    {1836, ERR_DB_UNAVAILABLE, TEXT_SHOWS, false}, /* read-only mode */
    {1927, ERR_DB_UNAVAILABLE, TEXT_SHOWS, true }, /* connection was killed */
    {3819, ERR_INTERNAL,       TEXT_SHOWS, false}, /* CHECK: the net below our own checks */
    {4025, ERR_INTERNAL,       TEXT_SHOWS, false},
    {1021, ERR_DB_UNAVAILABLE, TEXT_SHOWS, false}, /* disk full, write errors of the engine */
    {1026, ERR_DB_UNAVAILABLE, TEXT_SHOWS, false},
    {1030, ERR_DB_UNAVAILABLE, TEXT_SHOWS, false},
    {1114, ERR_DB_UNAVAILABLE, TEXT_SHOWS, false}, /* table is full */
    {1044, ERR_INTERNAL,       TEXT_SHOWS, false}, /* rights, unknown names: an installation */
    {1046, ERR_INTERNAL,       TEXT_SHOWS, false},
    {1048, ERR_INTERNAL,       TEXT_SHOWS, false},
    {1049, ERR_INTERNAL,       TEXT_SHOWS, false},
    {1050, ERR_INTERNAL,       TEXT_SHOWS, false},
    {1054, ERR_INTERNAL,       TEXT_SHOWS, false},
    {1142, ERR_INTERNAL,       TEXT_SHOWS, false},
    {1143, ERR_INTERNAL,       TEXT_SHOWS, false},
    {1146, ERR_INTERNAL,       TEXT_SHOWS, false},
    {1227, ERR_INTERNAL,       TEXT_SHOWS, false},
    {1264, ERR_INTERNAL,       TEXT_SHOWS, false}, /* out of range for column */
    {1364, ERR_INTERNAL,       TEXT_SHOWS, false}, /* no default value */
    {1406, ERR_INTERNAL,       TEXT_SHOWS, false}, /* too long for column */
    {1451, ERR_INTERNAL,       TEXT_SHOWS, false}, /* foreign keys */
    {1452, ERR_INTERNAL,       TEXT_SHOWS, false},
};
/* clang-format on */

/* The client's own errors. These are about the connection, the others about our use of it; all of
 * them leave the connection in a state that nobody knows. */
static struct error_row client_error(unsigned number)
{
    static const unsigned connection_numbers[] = {2002, 2003, 2004, 2005, 2006,
                                                  2012, 2013, 2026, 2027, 2055};
    struct error_row row = {number, ERR_INTERNAL, TEXT_SHOWS, true};
    for (size_t i = 0; i < ARRAY_LEN(connection_numbers); i++)
        if (connection_numbers[i] == number)
            row.code = ERR_DB_UNAVAILABLE;
    return row;
}

static struct error_row error_find(unsigned number)
{
    if (number >= CLIENT_ERROR_MIN && number <= CLIENT_ERROR_MAX)
        return client_error(number);
    for (size_t i = 0; i < ARRAY_LEN(error_rows); i++)
        if (error_rows[i].number == number)
            return error_rows[i];
    return (struct error_row){number, ERR_INTERNAL, TEXT_HIDES, false};
}

/* Copies a server's text without what stands between single quotes. A value may hold quotes, so
 * everything from the first to the last one goes. */
static void text_hide(const char *text, char *out, size_t size)
{
    const char *first = strchr(text, '\''), *last = strrchr(text, '\'');
    if (!first || first == last)
        snprintf(out, size, "%.*s", first ? (int)(first - text) : (int)strlen(text), text);
    else
        snprintf(out, size, "%.*s'...'%s", (int)(first - text), text, last + 1);
}

static void text_key(const char *text, char *out, size_t size)
{
    static const char mark[] = "for key '";
    const char *key = NULL;
    for (const char *at = text; (at = strstr(at, mark)); at++)
        key = at;
    snprintf(out, size, "duplicate %s", key ? key : "");
}

static const char *text_of(const struct db *db, enum text_policy policy, char *out, size_t size)
{
    const char *text = mysql_error(db->mysql);
    if (policy == TEXT_SHOWS || db->says_all)
        snprintf(out, size, "%s", text);
    else if (policy == TEXT_KEY)
        text_key(text, out, size);
    else
        text_hide(text, out, size);
    return out;
}

bool db_sql_has_commit(const char *sql, size_t length)
{
    char quote = '\0';
    for (size_t i = 0; i < length; i++) {
        if (quote) {
            if (sql[i] == '\\')
                i++;
            else if (sql[i] == quote)
                quote = '\0';
        } else if (sql[i] == '\'' || sql[i] == '"' || sql[i] == '`') {
            quote = sql[i];
        } else if ((sql[i] == 'C' || sql[i] == 'c') && length - i >= 6 &&
                   strncasecmp(sql + i, "COMMIT", 6) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_late(const struct db *db)
{
    return clock_monotonic_us(&clock_real) > db->deadline_us;
}

/* Turns what went wrong into our error; `is_sent`: the server has had the whole text. */
static bool failed(struct db *db, const char *sql, size_t length, bool is_sent, struct err *err)
{
    char text[160];
    unsigned number = mysql_errno(db->mysql);
    struct error_row row = {0, ERR_DB_UNAVAILABLE, TEXT_SHOWS, true};

    if (number != 0) {
        row = error_find(number);
        text_of(db, row.policy, text, sizeof(text));
    } else {
        snprintf(text, sizeof(text), "no answer to statement %u in %u s", db->statement,
                 db->timeout_s);
    }
    if (!row.ends_connection) {
        if (!db->in_unit)
            db_rollback(db);
        return err_set(err, row.code, "database: %u %s (statement %u)", number, text,
                       db->statement);
    }
    db_disconnect(db);
    /* What the server never had in full it did not run. After that, nobody knows. */
    if (is_sent && db_sql_has_commit(sql, length))
        return err_set(err, ERR_DB_UNKNOWN, "database: %u %s, while committing", number, text);
    return err_set(err, row.code, "database: %u %s", number, text);
}

/* Takes the rows of the current statement, if it has rows. */
static bool take_set(struct db *db, struct db_result *result)
{
    MYSQL_RES *set = mysql_store_result(db->mysql);
    if (!set)
        return mysql_errno(db->mysql) == 0;
    if (!result) {
        mysql_free_result(set);
        return true;
    }
    assert(result->sets_count < DB_SETS_MAX);
    result->sets[result->sets_count++] = set;
    return true;
}

/* Reads the answers of all statements, so that the connection is free for the next. */
static bool take_answers(struct db *db, uint64_t *ret_affected, struct db_result *result)
{
    uint64_t affected;
    int end; /* of mysql_next_result(): -1 none is left, 0 there is one, else it failed */
    if (mysql_read_query_result(db->mysql) != 0)
        return false;
    do {
        if (!take_set(db, result))
            return false;
        affected = mysql_affected_rows(db->mysql);
        end = mysql_next_result(db->mysql);
        db->statement++;
    } while (end == 0 && !is_late(db));
    if (end >= 0)
        return false;
    if (ret_affected)
        *ret_affected = affected;
    return true;
}

bool db_run(struct db *db, const char *sql, size_t length, uint64_t *ret_affected,
            struct db_result **ret_result, struct err *err)
{
    if (!db->mysql)
        return err_set(err, ERR_DB_UNAVAILABLE, "database: not connected");
    if (length > db->bytes_max)
        return err_set(err, ERR_INTERNAL,
                       "database: %zu bytes of SQL, at most %zu (see "
                       "max_allowed_packet)",
                       length, db->bytes_max);
    struct db_result *result = NULL;
    if (ret_result) {
        result = calloc(1, sizeof(*result));
        if (!result)
            return err_set(err, ERR_INTERNAL, "database: no memory");
    }
    db->statement = 1;
    db->deadline_us = clock_monotonic_us(&clock_real) + db->timeout_s * INT64_C(1000000);
    bool is_sent = mysql_send_query(db->mysql, sql, length) == 0;
    if (!is_sent || !take_answers(db, ret_affected, result)) {
        db_result_free(result);
        return failed(db, sql, length, is_sent, err);
    }
    /* Nobody would end it, and the next START TRANSACTION would commit it. */
    if (!db->in_unit && db->mysql->server_status & SERVER_STATUS_IN_TRANS) {
        db_result_free(result);
        db_rollback(db);
        return err_set(err, ERR_INTERNAL,
                       "database: a transaction was left open outside of a unit");
    }
    if (ret_result)
        *ret_result = result;
    return true;
}

void db_rollback(struct db *db)
{
    static const char sql[] = "ROLLBACK";
    if (!db->mysql)
        return;
    if (mysql_real_query(db->mysql, sql, sizeof(sql) - 1) != 0)
        db_disconnect(db);
}

/* ---- statements ---- */

static bool sql_is_good(struct db *db, const struct str *sql, struct err *err)
{
    bool text_bad = db->text_bad, time_bad = db->time_bad;
    if (str_ok(sql))
        return true;
    db->text_bad = db->time_bad = false;
    if (text_bad)
        return err_set(err, ERR_INVALID, "database: a text is not UTF-8");
    if (time_bad)
        return err_set(err, ERR_INVALID, "database: a time is outside of the years 1 to 9999");
    return err_set(err, ERR_INTERNAL, "database: SQL above %zu bytes, or no memory", sql->max);
}

bool db_exec_str(struct db *db, const struct str *sql, uint64_t *ret_affected, struct err *err)
{
    return sql_is_good(db, sql, err) &&
           db_run(db, str_data(sql), sql->length, ret_affected, NULL, err);
}

bool db_query_str(struct db *db, const struct str *sql, struct db_result **ret_result,
                  struct err *err)
{
    return sql_is_good(db, sql, err) &&
           db_run(db, str_data(sql), sql->length, NULL, ret_result, err);
}

/* The text of one call; what grew large is given back. */
static struct str *scratch(struct db *db, const char *sql, const struct db_value *values,
                           size_t count)
{
    if (db->scratch.capacity > DB_SCRATCH_KEEP_BYTES)
        str_release(&db->scratch);
    str_clear(&db->scratch);
    db_sql(db, &db->scratch, sql, values, count);
    return &db->scratch;
}

bool db_exec(struct db *db, const char *sql, const struct db_value *values, size_t count,
             uint64_t *ret_affected, struct err *err)
{
    return db_exec_str(db, scratch(db, sql, values, count), ret_affected, err);
}

bool db_query(struct db *db, const char *sql, const struct db_value *values, size_t count,
              struct db_result **ret_result, struct err *err)
{
    return db_query_str(db, scratch(db, sql, values, count), ret_result, err);
}
