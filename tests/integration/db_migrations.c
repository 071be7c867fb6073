/*
 * Migrations and settings: order, once each, what has changed or is missing is refused, two at once,
 * a file that stops half way; and every weak setting is named.
 */
#include "tests/integration/db_world.h"

#include <pthread.h>
#include <sys/stat.h>

struct world {
    struct db *db;
    char folder[512];
    struct err err;
};

/* What `say` was told, by number of file. */
static char said[256];

static void say(const char *name)
{
    size_t length = strlen(said);
    snprintf(said + length, sizeof(said) - length, "%.4s ", name);
}

static void silent(const char *name)
{
    (void)name;
}

static int group_open(void **state)
{
    (void)state;
    return servers_run("start-db", NULL, NULL);
}

static void file_write(const struct world *world, const char *name, const char *text)
{
    char path[700];
    snprintf(path, sizeof(path), "%s/%s", world->folder, name);
    if (!text) {
        unlink(path);
        return;
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    fclose(file);
}

/* An empty schema and an empty folder. */
static int world_open(void **state)
{
    static struct world world;
    static unsigned count;
    struct db *root = db_open_root();
    char path[512];
    exec_ok(root, "CREATE OR REPLACE DATABASE bourse_migrate", DB_NONE);
    db_close(root);
    struct db_config config = {
        .socket = world_path("mariadb.sock", path), .user = "root", .name = "bourse_migrate"};
    if (!db_open(&config, &world.db, &world.err))
        return -1;
    char name[32];
    snprintf(name, sizeof(name), "migrations%u-%d", count++, (int)getpid());
    mkdir(world_path(name, world.folder), 0700);
    said[0] = '\0';
    file_write(&world, "0001_first.sql",
               "CREATE TABLE a (id INT PRIMARY KEY);\nINSERT INTO a VALUES (1);\n");
    file_write(&world, "0010_second.sql",
               "-- why: a table\nCREATE TABLE b (id INT, t VARCHAR(20) DEFAULT ';''');\n"
               "CREATE TRIGGER b_in BEFORE INSERT ON b FOR EACH ROW BEGIN SET NEW.id = 1; SET "
               "NEW.t = 'x'; END;\n");
    file_write(&world, "README.md", "not a migration");
    *state = &world;
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;
    db_close(world->db);
    return 0;
}

static bool migrate(struct world *world)
{
    said[0] = '\0';
    return db_migrate(world->db, world->folder, say, &world->err);
}

static void assert_refused(struct world *world, const char *has)
{
    assert_false(migrate(world));
    assert_code(world->err, ERR_CONFIG);
    if (!strstr(world->err.what, has))
        fail_msg("%s", world->err.what);
    assert_false(db_schema_is_current(world->db, world->folder, &world->err));
    assert_code(world->err, ERR_CONFIG);
}

static void db_migrate__new_files__run_once_and_in_order(void **state)
{
    struct world *world = *state;
    assert_false(db_schema_is_current(world->db, world->folder, &world->err));
    assert_code(world->err, ERR_CONFIG);
    assert_true(migrate(world));
    assert_string_equal(said, "0001 0010 ");
    assert_true(db_schema_is_current(world->db, world->folder, &world->err));
    assert_true(migrate(world));
    assert_string_equal(said, "");
    file_write(world, "0011_third.sql", "INSERT INTO a VALUES (2)");
    assert_false(db_schema_is_current(world->db, world->folder, &world->err));
    assert_non_null(strstr(world->err.what, "0011_third.sql"));
    assert_true(migrate(world));
    assert_string_equal(said, "0011 ");
    assert_int_equal(number_of(world->db, "SELECT COUNT(*) FROM a"), 2);
    assert_int_equal(number_of(world->db,
                               "SELECT COUNT(*) FROM schema_migrations WHERE run_at IS NOT NULL"
                               " AND LENGTH(checksum) = 64"),
                     3);
    assert_int_equal(number_of(world->db, "SELECT @@max_statement_time < 60"), 1); /* as it was */
}

static void db_migrate__history_that_does_not_fit__is_refused(void **state)
{
    struct world *world = *state;
    assert_true(migrate(world));
    file_write(world, "0010_second.sql", "CREATE TABLE b (id INT)");
    assert_refused(world, "0010_second.sql has changed");
    file_write(world, "0010_second.sql", NULL);
    assert_refused(world, "is not in the folder");
    file_write(world, "0012_later.sql", "DO 0");
    assert_refused(world, "is not in the folder");
    file_write(world, "0005_between.sql", "DO 0");
    assert_refused(world, "0005_between.sql comes before 0010_second.sql");
}

static void db_migrate__names__are_checked(void **state)
{
    static const char *const names[] = {"1_a.sql",    "00001_a.sql",  "0002-a.sql", "0002_.sql",
                                        "0002_A.sql", "0002_a b.sql", ".sql",       "abcd_e.sql"};
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        file_write(world, names[i], "DO 0");
        assert_refused(world, names[i]);
        file_write(world, names[i], NULL);
    }
    file_write(world, "0010_other.sql", "DO 0");
    assert_refused(world, "the same number");
    assert_false(db_migrate(world->db, "/nowhere", say, &world->err));
    assert_code(world->err, ERR_CONFIG);
}

static void db_migrate__failing_file__tells_its_name_and_stops(void **state)
{
    struct world *world = *state;
    file_write(world, "0011_bad.sql",
               "CREATE TABLE c (id INT); CREATE TABLE c (id INT); CREATE TABLE d (id INT)");
    file_write(world, "0012_next.sql", "CREATE TABLE e (id INT)");
    assert_false(migrate(world));
    assert_string_equal(said, "0001 0010 0011 ");
    assert_non_null(strstr(world->err.what,
                           "0011_bad.sql: database: 1050 Table 'c' already exists (statement 2)"));
    assert_refused(world, "0011_bad.sql stopped half way");
    exec_ok(world->db, "DROP TABLE c; DELETE FROM schema_migrations WHERE number = 11", DB_NONE);
    /* One that fails at its first statement has done nothing: repaired, it runs. */
    file_write(world, "0011_bad.sql", "CREATE TALBE_ c (id INT)");
    assert_false(migrate(world));
    assert_non_null(strstr(world->err.what, "0011_bad.sql: database: 1064"));
    file_write(world, "0011_bad.sql", "CREATE TABLE c (id INT)");
    assert_true(migrate(world));
    assert_string_equal(said, "0011 0012 ");
}

static void *migrate_too(void *arg)
{
    struct world *world = arg;
    char path[512];
    struct db *db;
    struct db_config config = {
        .socket = world_path("mariadb.sock", path), .user = "root", .name = "bourse_migrate"};
    bool done =
        db_open(&config, &db, &world->err) && db_migrate(db, world->folder, silent, &world->err);
    if (done)
        db_close(db);
    return done ? world : NULL;
}

static void db_migrate__three_at_once__run_each_file_once(void **state)
{
    struct world *world = *state;
    struct world others[3] = {*world, *world, *world};
    pthread_t threads[3];
    file_write(world, "0011_slow.sql", "DO SLEEP(0.5); INSERT INTO a VALUES (7)");
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, migrate_too, &others[i]), 0);
    for (int i = 0; i < 3; i++) {
        void *done;
        pthread_join(threads[i], &done);
        if (!done)
            fail_msg("%s", others[i].err.what);
    }
    assert_int_equal(number_of(world->db, "SELECT COUNT(*) FROM a WHERE id = 7"), 1);
}

/* ---- settings ---- */

static void db_check_settings__weak_server__is_refused_with_all_that_is_wrong(void **state)
{
    struct world *world = *state;
    struct db_config lenient;
    char path[512];
    struct db *db;
    assert_true(db_check_settings(world->db, &world->err));
    exec_ok(world->db,
            "SET GLOBAL innodb_flush_log_at_trx_commit = 2; SET SESSION sql_mode = 'ANSI_QUOTES';"
            "SET SESSION check_constraint_checks = 0",
            DB_NONE);
    assert_false(db_check_settings(world->db, &world->err));
    assert_code(world->err, ERR_CONFIG);
    assert_non_null(strstr(world->err.what, "innodb_flush_log_at_trx_commit=1 (is 2)"));
    assert_non_null(strstr(world->err.what, "STRICT_ALL_TABLES"));
    assert_non_null(strstr(world->err.what, "check_constraint_checks"));

    lenient = db_config_root(path);
    lenient.weak_durability_allowed = true;
    assert_true(db_open(&lenient, &db, &world->err));
    assert_true(db_check_settings(db, &world->err));
    db_close(db);
    exec_ok(world->db, "SET GLOBAL innodb_flush_log_at_trx_commit = 1", DB_NONE);
}

static void db_open__wrong_password_or_schema__is_configuration_and_no_server_is_not(void **state)
{
    struct world *world = *state;
    char path[512];
    struct db_config config = db_config_root(path);
    struct db *db;
    exec_ok(world->db, "CREATE OR REPLACE USER limited IDENTIFIED BY 'right'", DB_NONE);
    config.user = "limited";
    config.password = "wrong-secret";
    config.name = "";
    assert_false(db_open(&config, &db, &world->err));
    assert_code(world->err, ERR_CONFIG);
    assert_null(strstr(world->err.what, "wrong-secret"));
    config.password = "right";
    config.name = "bourse_test";
    assert_false(db_open(&config, &db, &world->err));
    assert_code(world->err, ERR_CONFIG);
    config.name = "";
    assert_true(db_open(&config, &db, &world->err));
    assert_false(
        db_exec(db, "INSERT INTO bourse_migrate.x VALUES (1)", DB_NONE, NULL, &world->err));
    assert_code(world->err, ERR_INTERNAL);
    db_close(db);
    config.socket = "/nowhere/mariadb.sock";
    assert_false(db_open(&config, &db, &world->err));
    assert_code(world->err, ERR_DB_UNAVAILABLE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_open, world_close)
    const struct CMUnitTest tests[] = {
        TEST(db_migrate__new_files__run_once_and_in_order),
        TEST(db_migrate__history_that_does_not_fit__is_refused),
        TEST(db_migrate__names__are_checked),
        TEST(db_migrate__failing_file__tells_its_name_and_stops),
        TEST(db_migrate__three_at_once__run_each_file_once),
        TEST(db_check_settings__weak_server__is_refused_with_all_that_is_wrong),
        TEST(db_open__wrong_password_or_schema__is_configuration_and_no_server_is_not),
    };
    return cmocka_run_group_tests(tests, group_open, NULL);
}
