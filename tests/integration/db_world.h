/*
 * db_world.h: what the tests of libs/db share: where the private server is, connections to it, and
 * killing it. The folder of db_bus_servers comes in DB_BUS_DIR, the program in DB_BUS_SERVERS.
 */
#ifndef TESTS_DB_WORLD_H
#define TESTS_DB_WORLD_H

#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/auto.h"
#include "db/db.h"

extern char **environ;

static inline const char *env_get(const char *name)
{
    const char *value = getenv(name);
    if (!value)
        fail_msg("%s is not set: run tests/integration/run_db_bus", name);
    return value;
}

static inline const char *world_path(const char *file, char path[static 512])
{
    snprintf(path, 512, "%s/%s", env_get("DB_BUS_DIR"), file);
    return path;
}

/* Runs db_bus_servers with a command, waits for its end; gives its status. */
static inline pid_t servers_begin(const char *command, const char *more, const char *more2)
{
    const char *const words[] = {
        "db_bus_servers", command, env_get("DB_BUS_DIR"), more, more2, NULL};
    pid_t pid;
    assert_int_equal(posix_spawn(&pid, env_get("DB_BUS_SERVERS"), NULL, NULL,
                                 (char *const *)(uintptr_t)words, environ),
                     0);
    return pid;
}

static inline int servers_run(const char *command, const char *more, const char *more2)
{
    pid_t pid = servers_begin(command, more, more2);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static inline void server_signal(const char *pid_file, int signal_number)
{
    char path[512], text[32] = "";
    FILE *file = fopen(world_path(pid_file, path), "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof(text), file));
    fclose(file);
    assert_int_equal(kill((pid_t)strtol(text, NULL, 10), signal_number), 0);
}

static inline struct db_config db_config_root(char path[static 512])
{
    return (struct db_config){
        .socket = world_path("mariadb.sock", path), .user = "root", .name = "bourse_test"};
}

static inline struct db *db_open_root(void)
{
    char path[512];
    struct db_config config = db_config_root(path);
    struct db *db = NULL;
    struct err err = {0};
    if (!db_open(&config, &db, &err))
        fail_msg("%s", err.what);
    return db;
}

static inline void exec_ok(struct db *db, const char *sql, const struct db_value *values,
                           size_t count)
{
    struct err err = {0};
    if (!db_exec(db, sql, values, count, NULL, &err))
        fail_msg("%s", err.what);
}

static inline struct db_result *query_ok(struct db *db, const char *sql,
                                         const struct db_value *values, size_t count)
{
    struct err err = {0};
    struct db_result *rows = NULL;
    if (!db_query(db, sql, values, count, &rows, &err))
        fail_msg("%s", err.what);
    return rows;
}

static inline int64_t number_of(struct db *db, const char *sql)
{
    struct db_result *rows = query_ok(db, sql, DB_NONE);
    assert_true(db_row_next(rows));
    int64_t number = db_get_i64(rows, 0);
    db_result_free(rows);
    return number;
}

#define assert_code(err, expected)                                                                 \
    do {                                                                                           \
        if ((err).code != (expected))                                                              \
            fail_msg("%s: %s", err_name((err).code), (err).what);                                  \
    } while (0)

#endif
