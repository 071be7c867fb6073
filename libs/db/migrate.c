/*
 * migrate.c: the numbered files. Each is one round trip that the server splits into its statements.
 *
 * MariaDB commits at every DDL statement, so a file can't be undone as a whole. Its row is written
 * before it runs and completed (run_at) after: a row without run_at is a file that stopped half way,
 * and nothing more runs until somebody has looked.
 */
#include "db/internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/file.h"
#include "crypto/crypto.h"

enum {
    FILES_MAX = 1000,
    FILE_NAME_SIZE = 128,
    FILE_BYTES_MAX = 4 << 20,
    CHECKSUM_SIZE = 2 * SHA256_SIZE + 1,
    RUN_TIMEOUT_S = 3600, /* an index on a large table takes its time */
    LOCK_WAIT_S = 600     /* for another one who migrates */
};

struct file {
    unsigned number;
    char name[FILE_NAME_SIZE];
};

struct files {
    struct file *rows;
    size_t count;
};

/* What the table says of one number. */
struct done {
    unsigned number;
    char name[FILE_NAME_SIZE];
    char checksum[CHECKSUM_SIZE];
    bool is_complete;
};

static const char table_sql[] = "CREATE TABLE IF NOT EXISTS schema_migrations ("
                                " number INT UNSIGNED NOT NULL PRIMARY KEY,"
                                " name VARCHAR(128) NOT NULL,"
                                " checksum CHAR(64) NOT NULL,"
                                " run_at DATETIME(6) NULL"
                                ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";

/* ---- the folder ---- */

static void files_release(struct files *files)
{
    free(files->rows);
}

/* NNNN_name.sql */
static bool name_is_good(const char *name)
{
    size_t length = strlen(name), body = strspn(name + 5, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return length < FILE_NAME_SIZE && strspn(name, "0123456789") == 4 && name[4] == '_' &&
           body > 0 && 5 + body + 4 == length;
}

static int by_number(const void *a, const void *b)
{
    unsigned x = ((const struct file *)a)->number, y = ((const struct file *)b)->number;
    return (x > y) - (x < y);
}

static bool files_add(struct files *files, const char *name, struct err *err)
{
    size_t length = strlen(name);
    if (length < 4 || strcmp(name + length - 4, ".sql") != 0)
        return true;
    if (length < 10 || !name_is_good(name))
        return err_set(err, ERR_CONFIG, "migrations: %s is not named NNNN_name.sql", name);
    if (files->count == FILES_MAX)
        return err_set(err, ERR_CONFIG, "migrations: more than %d files", FILES_MAX);
    struct file *file = &files->rows[files->count++];
    file->number = (unsigned)((name[0] - '0') * 1000 + (name[1] - '0') * 100 +
                              (name[2] - '0') * 10 + (name[3] - '0'));
    memcpy(file->name, name, length + 1);
    return true;
}

/* The files in order. */
static bool files_read(const char *folder, struct files *files, struct err *err)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return err_set(err, ERR_CONFIG, "migrations: %s: %s", folder, strerror(errno));
    files->rows = calloc(FILES_MAX, sizeof(*files->rows));
    bool is_good = files->rows || err_set(err, ERR_INTERNAL, "migrations: no memory");
    for (struct dirent *entry; is_good && (entry = readdir(dir));)
        is_good = files_add(files, entry->d_name, err);
    closedir(dir);
    if (!is_good)
        return false;
    qsort(files->rows, files->count, sizeof(*files->rows), by_number);
    for (size_t i = 1; i < files->count; i++)
        if (files->rows[i].number == files->rows[i - 1].number)
            return err_set(err, ERR_CONFIG, "migrations: %s and %s have the same number",
                           files->rows[i - 1].name, files->rows[i].name);
    return true;
}

static bool migration_read(const char *folder, const char *name, struct str *text, struct err *err)
{
    char path[4096];
    int length = snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof(path))
        return err_set(err, ERR_CONFIG, "migrations: the path of %s is too long", name);
    str_clear(text);
    return file_read(path, text, err) || err_wrap(err, "migrations");
}

static void checksum_of(const struct str *text, char checksum[static CHECKSUM_SIZE])
{
    uint8_t digest[SHA256_SIZE];
    sha256(str_data(text), text->length, digest);
    for (size_t i = 0; i < SHA256_SIZE; i++)
        snprintf(checksum + 2 * i, 3, "%02x", digest[i]);
}

/* ---- the table ---- */

static bool done_read(struct db *db, struct done **ret_rows, size_t *ret_count, struct err *err)
{
    static const char sql[] = "SELECT number, name, checksum, run_at FROM schema_migrations "
                              "ORDER BY number LIMIT 1001";
    struct db_result *result;
    if (!db_query(db, sql, DB_NONE, &result, err))
        return false;
    size_t count = 0, rows = db_row_count(result);
    struct done *done = calloc(rows + 1, sizeof(*done));
    if (!done) {
        db_result_free(result);
        return err_set(err, ERR_INTERNAL, "migrations: no memory");
    }
    for (; db_row_next(result); count++) {
        done[count].number = (unsigned)db_get_u64(result, 0);
        db_get_chars(result, 1, done[count].name, sizeof(done[count].name));
        db_get_chars(result, 2, done[count].checksum, sizeof(done[count].checksum));
        done[count].is_complete = !db_is_null(result, 3);
    }
    db_result_free(result);
    *ret_rows = done;
    *ret_count = count;
    return true;
}

/* What has run must be the first files of the folder, unchanged. */
static bool done_check(const struct done *done, size_t count, const struct files *files,
                       const char *folder, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(FILE_BYTES_MAX);
    char checksum[CHECKSUM_SIZE];
    for (size_t i = 0; i < count; i++) {
        const struct file *file = i < files->count ? &files->rows[i] : NULL;
        if (!done[i].is_complete)
            return err_set(err, ERR_CONFIG,
                           "migrations: %s stopped half way; repair the schema, "
                           "then delete its row of schema_migrations",
                           done[i].name);
        if (!file || file->number > done[i].number)
            return err_set(err, ERR_CONFIG, "migrations: %s has run, but is not in the folder",
                           done[i].name);
        if (file->number < done[i].number)
            return err_set(err, ERR_CONFIG, "migrations: %s comes before %s, which has run",
                           file->name, done[i].name);
        if (!migration_read(folder, file->name, &text, err))
            return false;
        checksum_of(&text, checksum);
        if (strcmp(file->name, done[i].name) != 0 || strcmp(checksum, done[i].checksum) != 0)
            return err_set(err, ERR_CONFIG, "migrations: %s has changed since it ran as %s",
                           file->name, done[i].name);
    }
    return true;
}

/* ---- running ---- */

static bool file_run(struct db *db, const char *folder, const struct file *file, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(FILE_BYTES_MAX);
    char checksum[CHECKSUM_SIZE];
    struct err ignored;

    if (!migration_read(folder, file->name, &text, err))
        return false;
    checksum_of(&text, checksum);
    if (!db_exec(db, "INSERT INTO schema_migrations (number, name, checksum) VALUES (?, ?, ?)",
                 DB_ARGS(DB_U64(file->number), DB_TEXT(file->name), DB_TEXT(checksum)), NULL, err))
        return false;
    db->says_all = true;
    bool is_run = db_exec_str(db, &text, NULL, err);
    db->says_all = false;
    if (!is_run) {
        /* The first statement failed: nothing has happened, the repaired file may run. */
        if (db->mysql && db->statement == 1 &&
            !db_exec(db, "DELETE FROM schema_migrations WHERE number = ?",
                     DB_ARGS(DB_U64(file->number)), NULL, &ignored))
            return err_wrap(err, "%s (and its row stays)", file->name);
        return err_wrap(err, "%s", file->name);
    }
    return db_exec(db, "UPDATE schema_migrations SET run_at = UTC_TIMESTAMP(6) WHERE number = ?",
                   DB_ARGS(DB_U64(file->number)), NULL, err);
}

static bool run_missing(struct db *db, const char *folder, void (*say)(const char *name),
                        struct err *err)
{
    AUTO(files_release) struct files files = {.rows = NULL};
    struct done *done;
    size_t count;
    if (!files_read(folder, &files, err) || !db_lock(db, "migrate", LOCK_WAIT_S, err) ||
        !db_exec(db, table_sql, DB_NONE, NULL, err) || !done_read(db, &done, &count, err))
        return false;
    bool is_good = done_check(done, count, &files, folder, err);
    free(done);
    for (size_t i = count; is_good && i < files.count; i++) {
        if (say)
            say(files.rows[i].name);
        is_good = file_run(db, folder, &files.rows[i], err);
    }
    return is_good;
}

bool db_migrate(struct db *db, const char *folder, void (*say)(const char *name), struct err *err)
{
    struct err ignored;
    assert(!db->in_unit);
    /* Its own connection: with another deadline, and its end is the end of the lock. */
    db_disconnect(db);
    if (!db_connect(db, RUN_TIMEOUT_S, err))
        return false;
    bool is_good = run_missing(db, folder, say, err);
    db_disconnect(db);
    /* The story of the first failure is the one to tell. */
    bool is_connected = db_connect(db, DB_TIMEOUT_S, is_good ? err : &ignored);
    return is_good && is_connected;
}

bool db_schema_is_current(struct db *db, const char *folder, struct err *err)
{
    AUTO(files_release) struct files files = {.rows = NULL};
    struct done *done;
    struct err read_err;
    size_t count;
    if (!files_read(folder, &files, err))
        return false;
    if (!done_read(db, &done, &count, &read_err)) {
        bool is_missing = read_err.code == ERR_INTERNAL; /* no such table, or no right to it */
        return err_set(err, is_missing ? ERR_CONFIG : read_err.code, "%s%s", read_err.what,
                       is_missing ? "; run --migrate" : "");
    }
    bool is_good = done_check(done, count, &files, folder, err);
    free(done);
    if (is_good && count < files.count)
        return err_set(err, ERR_CONFIG, "migrations: %s and later have not run; run --migrate",
                       files.rows[count].name);
    return is_good;
}

bool db_migrate_as(const struct db_config *config, const char *folder,
                   void (*say)(const char *name), struct err *err)
{
    struct db *db;
    if (!db_open(config, &db, err))
        return false;
    bool done = db_migrate(db, folder, say, err);
    db_close(db);
    return done;
}
