/*
 * Units of work against a real server: deadlocks and lock waits run again, updates are not lost, a
 * line that breaks at COMMIT is "unknown" and at any other statement it is not, and the connection
 * comes back.
 */
#include "tests/integration/db_proxy.h"

#include <time.h>

struct world {
    struct db *db, *other;
};

static void create_table(struct db *db)
{
    exec_ok(db,
            "CREATE OR REPLACE TABLE counters (id INT PRIMARY KEY, n BIGINT NOT NULL);"
            "INSERT INTO counters VALUES (1, 0), (2, 0), (3, 0)",
            DB_NONE);
}

static int world_open(void **state)
{
    static struct world world;
    if (servers_run("start-db", NULL, NULL) != 0)
        return -1;
    world.db = db_open_root();
    world.other = db_open_root();
    create_table(world.db);
    *state = &world;
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;
    db_close(world->db);
    db_close(world->other);
    return 0;
}

/* What a call may take beyond its own bound where other programs want the processors too. */
#define SLACK_S 30.0

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- what commits and what does not ---- */

static bool add_then_fail(struct db *db, void *arg, struct err *err)
{
    (void)arg;
    return db_exec(db, "UPDATE counters SET n = n + 100 WHERE id = 1", DB_NONE, NULL, err) &&
           err_set(err, ERR_FUNDS_INSUFFICIENT, "no");
}

static bool add_one(struct db *db, void *arg, struct err *err)
{
    (void)arg;
    return db_exec(db, "UPDATE counters SET n = n + 1 WHERE id = 1", DB_NONE, NULL, err);
}

static void db_transaction__failure_of_the_unit__rolls_back(void **state)
{
    struct world *world = *state;
    struct err err;
    assert_false(db_transaction(world->db, add_then_fail, NULL, &err));
    assert_code(err, ERR_FUNDS_INSUFFICIENT);
    assert_int_equal(number_of(world->other, "SELECT n FROM counters WHERE id = 1"), 0);
    assert_true(db_transaction(world->db, add_one, NULL, &err));
    assert_int_equal(number_of(world->other, "SELECT n FROM counters WHERE id = 1"), 1);
}

static bool open_without_commit(struct db *db, void *arg, struct err *err)
{
    (void)arg;
    return db_exec(db, "START TRANSACTION; UPDATE counters SET n = 77 WHERE id = 2", DB_NONE, NULL,
                   err);
}

static bool commit_in_batch(struct db *db, void *arg, struct err *err)
{
    (void)arg;
    return db_exec(db, "START TRANSACTION; UPDATE counters SET n = n + 5 WHERE id = 3; COMMIT",
                   DB_NONE, NULL, err);
}

static void db_exec__transaction_left_open__is_rolled_back_and_an_error(void **state)
{
    struct world *world = *state;
    struct err err;
    assert_false(open_without_commit(world->db, NULL, &err));
    assert_code(err, ERR_INTERNAL);
    assert_false(db_retry(world->db, open_without_commit, NULL, &err));
    assert_code(err, ERR_INTERNAL);
    /* A batch that fails half way leaves nothing behind that a later START would commit. */
    assert_false(db_exec(world->db,
                         "START TRANSACTION; UPDATE counters SET n = 77 WHERE id = 2;"
                         "INSERT INTO counters VALUES (1, 1); COMMIT",
                         DB_NONE, NULL, &err));
    assert_code(err, ERR_CONFLICT);
    assert_true(db_retry(world->db, commit_in_batch, NULL, &err));
    assert_int_equal(number_of(world->other, "SELECT n FROM counters WHERE id = 2"), 0);
    assert_int_equal(number_of(world->other, "SELECT n FROM counters WHERE id = 3"), 5);
}

static bool read_twice(struct db *db, void *arg, struct err *err)
{
    struct world *world = arg;
    int64_t first = number_of(db, "SELECT SUM(n) FROM counters");
    exec_ok(world->other, "UPDATE counters SET n = n + 1", DB_NONE);
    assert_int_equal(number_of(db, "SELECT SUM(n) FROM counters"), first);
    return db_exec(db, "UPDATE counters SET n = 0", DB_NONE, NULL, err);
}

static void db_snapshot__reads_one_moment_and_writes_nothing(void **state)
{
    struct world *world = *state;
    struct err err;
    assert_false(db_snapshot(world->db, read_twice, world, &err)); /* its write is refused */
    assert_code(err, ERR_INTERNAL);
    assert_non_null(strstr(err.what, "1792"));
    assert_true(number_of(world->db, "SELECT SUM(n) FROM counters") > 0);
    assert_true(db_transaction(world->db, add_one, NULL, &err)); /* and later ones may write */
}

/* ---- two at once ---- */

struct clashing {
    struct db *db;
    int first, second;
    pthread_barrier_t *barrier;
    unsigned tries;
    bool done;
    struct err err;
};

static bool lock_both(struct db *db, void *arg, struct err *err)
{
    struct clashing *clashing = arg;
    if (!db_exec(db, "UPDATE counters SET n = n + 1 WHERE id = ?", DB_ARGS(DB_I64(clashing->first)),
                 NULL, err))
        return false;
    if (clashing->tries++ == 0)
        pthread_barrier_wait(clashing->barrier);
    return db_exec(db, "UPDATE counters SET n = n + 1 WHERE id = ?",
                   DB_ARGS(DB_I64(clashing->second)), NULL, err);
}

static void *clash(void *arg)
{
    struct clashing *clashing = arg;
    clashing->done = db_transaction(clashing->db, lock_both, clashing, &clashing->err);
    return NULL;
}

static void db_transaction__deadlock__runs_again_and_both_succeed(void **state)
{
    struct world *world = *state;
    pthread_barrier_t barrier;
    pthread_t threads[2];
    struct clashing clashing[2] = {
        {.db = world->db, .first = 1, .second = 2, .barrier = &barrier},
        {.db = world->other, .first = 2, .second = 1, .barrier = &barrier},
    };
    exec_ok(world->db, "UPDATE counters SET n = 0", DB_NONE);
    pthread_barrier_init(&barrier, NULL, 2);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, clash, &clashing[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&barrier);
    assert_true(clashing[0].done && clashing[1].done);
    assert_true(clashing[0].tries + clashing[1].tries >= 3);
    assert_int_equal(number_of(world->db, "SELECT SUM(n) FROM counters"), 4);
}

static void db_transaction__lock_that_is_never_given__ends_in_bounded_tries(void **state)
{
    struct world *world = *state;
    struct err err;
    exec_ok(world->db, "SET SESSION innodb_lock_wait_timeout = 1", DB_NONE);

    char path[512];
    world_path("mariadb.sock", path);
    const char *const words[] = {
        "mariadb",
        "--no-defaults",
        "-u",
        "root",
        "-S",
        path,
        "bourse_test",
        "-e",
        "START TRANSACTION; UPDATE counters SET n = n WHERE id = 1; SELECT SLEEP(120)",
        NULL};
    pid_t pid;
    assert_int_equal(
        posix_spawnp(&pid, "mariadb", NULL, NULL, (char *const *)(uintptr_t)words, environ), 0);
    static const char locks_sql[] =
        "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_rows_locked > 0";
    for (int tries = 0; tries < 600 && number_of(world->other, locks_sql) == 0; tries++)
        usleep(100000);
    double started = seconds_now();
    assert_false(db_transaction(world->db, add_one, NULL, &err));
    assert_code(err, ERR_DB_CONFLICT);
    assert_non_null(strstr(err.what, "after 5 tries"));
    assert_true(seconds_now() - started < 12 + SLACK_S);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    exec_ok(world->db, "SET SESSION innodb_lock_wait_timeout = 5", DB_NONE);
}

static bool read_add_write(struct db *db, void *arg, struct err *err)
{
    struct db_result *rows;
    (void)arg;
    if (!db_query(db, "SELECT n FROM counters WHERE id = 1 FOR UPDATE", DB_NONE, &rows, err))
        return false;
    assert_true(db_row_next(rows));
    int64_t n = db_get_i64(rows, 0);
    db_result_free(rows);
    return db_exec(db, "UPDATE counters SET n = ? WHERE id = 1", DB_ARGS(DB_I64(n + 1)), NULL, err);
}

enum { ADDERS = 4, ADDS = 200 };

static void *add_many(void *arg)
{
    struct db *db = db_open_root();
    struct err err;
    uintptr_t done = 0;
    (void)arg;
    for (int i = 0; i < ADDS; i++)
        done += db_transaction(db, read_add_write, NULL, &err);
    db_close(db);
    return (void *)done;
}

static void db_transaction__many_writers_of_one_row__lose_no_update(void **state)
{
    struct world *world = *state;
    pthread_t threads[ADDERS];
    uintptr_t sum = 0;
    exec_ok(world->db, "UPDATE counters SET n = 0", DB_NONE);
    for (int i = 0; i < ADDERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, NULL), 0);
    for (int i = 0; i < ADDERS; i++) {
        void *done;
        pthread_join(threads[i], &done);
        sum += (uintptr_t)done;
    }
    assert_int_equal(sum, ADDERS * ADDS);
    assert_int_equal(number_of(world->db, "SELECT n FROM counters WHERE id = 1"), ADDERS * ADDS);
}

/* ---- the line breaks ---- */

static bool update_marked(struct db *db, void *arg, struct err *err)
{
    (void)arg;
    return db_exec(db, "UPDATE counters SET n = n + 1 WHERE id = 1 /* mark */", DB_NONE, NULL, err);
}

static bool batch_marked(struct db *db, void *arg, struct err *err)
{
    (void)arg;
    return db_exec(db, "START TRANSACTION; UPDATE counters SET n = n + 1 WHERE id = 1; COMMIT",
                   DB_NONE, NULL, err);
}

static struct db *open_proxied(void)
{
    char path[512];
    struct db_config config = {
        .socket = world_path("proxy.sock", path), .user = "root", .name = "bourse_test"};
    struct db *db = NULL;
    struct err err;
    if (!db_open(&config, &db, &err))
        fail_msg("%s", err.what);
    return db;
}

struct cut_row {
    const char *word;
    enum proxy_cut cut;
    db_unit *unit;
    bool is_batch;
    enum err_code code;
    int64_t added;
};

static void db_transaction__line_cut__is_unknown_at_commit_only(void **state)
{
    static const struct cut_row rows[] = {
        {"START TRANSACTION", PROXY_CUT_BEFORE, update_marked, false, ERR_DB_UNAVAILABLE, 0},
        {"START TRANSACTION", PROXY_CUT_AFTER, update_marked, false, ERR_DB_UNAVAILABLE, 0},
        {"/* mark */", PROXY_CUT_BEFORE, update_marked, false, ERR_DB_UNAVAILABLE, 0},
        {"/* mark */", PROXY_CUT_AFTER, update_marked, false, ERR_DB_UNAVAILABLE, 0},
        {"COMMIT", PROXY_CUT_BEFORE, update_marked, false, ERR_DB_UNKNOWN, 0},
        {"COMMIT", PROXY_CUT_AFTER, update_marked, false, ERR_DB_UNKNOWN, 1},
        {"COMMIT", PROXY_CUT_BEFORE, batch_marked, true, ERR_DB_UNKNOWN, 0},
        {"COMMIT", PROXY_CUT_AFTER, batch_marked, true, ERR_DB_UNKNOWN, 1},
    };
    struct world *world = *state;
    struct proxy proxy;
    proxy_start(&proxy, "");
    struct db *db = open_proxied();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct cut_row *row = &rows[i];
        struct err err = {0};
        exec_ok(world->db, "UPDATE counters SET n = 0", DB_NONE);
        proxy.word = row->word;
        proxy.cut = row->cut;
        assert_false((row->is_batch ? db_retry : db_transaction)(db, row->unit, NULL, &err));
        assert_code(err, row->code);
        assert_false(db_ping(db, &err)); /* broken until db_ready() */
        assert_code(err, ERR_DB_UNAVAILABLE);
        /* What a server without its client has not committed it rolls back; what it was told to
         * commit it may still be writing. */
        static const char open_sql[] = "SELECT COUNT(*) FROM information_schema.innodb_trx";
        static const char n_sql[] = "SELECT n FROM counters WHERE id = 1";
        for (int tries = 0; tries < 3000 && (number_of(world->db, open_sql) > 0 ||
                                             number_of(world->db, n_sql) != row->added);
             tries++)
            usleep(20000);
        assert_int_equal(number_of(world->db, n_sql), row->added);
        assert_true(db_ready(db, &err));
        assert_true(db_ping(db, &err));
    }
    db_close(db);
    proxy_stop(&proxy);
}

static void *kill_soon(void *arg)
{
    (void)arg;
    usleep(3000000); /* the COMMIT is in the socket by then */
    server_signal("mariadb.pid", SIGKILL);
    return NULL;
}

static void db_transaction__server_killed_at_commit__is_unknown_and_ready_recovers(void **state)
{
    struct world *world = *state;
    struct err err;
    pthread_t thread;
    /* Stopped, the server takes the COMMIT into its socket and never answers. */
    for (int batch = 0; batch < 2; batch++) {
        assert_true(db_ready(world->db, &err));
        server_signal("mariadb.pid", SIGSTOP);
        usleep(100000); /* until all its threads have stopped */
        assert_int_equal(pthread_create(&thread, NULL, kill_soon, NULL), 0);
        assert_false(batch ? db_retry(world->db, batch_marked, NULL, &err)
                           : db_exec(world->db, "COMMIT", DB_NONE, NULL, &err));
        assert_code(err, ERR_DB_UNKNOWN);
        pthread_join(thread, NULL);
        assert_false(db_ready(world->db, &err));
        assert_code(err, ERR_DB_UNAVAILABLE);
        assert_int_equal(servers_run("start-db", NULL, NULL), 0);
        assert_true(db_ready(world->db, &err));
        assert_true(db_ping(world->db, &err));
    }
    /* The other connection was idle all the time: it finds out without a round trip. */
    assert_true(db_ready(world->other, &err));
    assert_true(db_ping(world->other, &err));
}

static void db_open__server_that_hangs__returns_by_its_deadline(void **state)
{
    struct world *world = *state;
    char path[512];
    struct db_config config = db_config_root(path);
    struct db *db;
    struct err err;
    server_signal("mariadb.pid", SIGSTOP);
    usleep(100000);
    double started = seconds_now();
    assert_false(db_open(&config, &db, &err));
    double open_s = seconds_now() - started;
    assert_false(db_transaction(world->db, add_one, NULL, &err));
    double all_s = seconds_now() - started;
    server_signal("mariadb.pid", SIGCONT);
    assert_code(err, ERR_DB_UNAVAILABLE);
    print_message("open gave up after %.1f s, a statement after %.1f s\n", open_s, all_s - open_s);
    assert_true(open_s < DB_TIMEOUT_S + SLACK_S && all_s - open_s < DB_TIMEOUT_S + SLACK_S);
    assert_true(db_ready(world->db, &err));
}

static void db_ready__connection_ended_while_idle__opens_it_again(void **state)
{
    struct world *world = *state;
    struct err err;
    int64_t id = number_of(world->db, "SELECT CONNECTION_ID()");
    exec_ok(world->other, "KILL ?", DB_ARGS(DB_I64(id)));
    char there_sql[96];
    snprintf(there_sql, sizeof(there_sql),
             "SELECT COUNT(*) FROM information_schema.processlist WHERE id = %lld", (long long)id);
    for (int tries = 0; tries < 600 && number_of(world->other, there_sql) > 0; tries++)
        usleep(100000);
    assert_true(db_transaction(world->db, add_one, NULL, &err)); /* by db_ready() inside */
    assert_true(number_of(world->db, "SELECT CONNECTION_ID()") != id);
    assert_int_equal(number_of(world->db, "SELECT @@tx_isolation = 'READ-COMMITTED' AND "
                                          "@@time_zone = '+00:00'"),
                     1);
}

static void db_query__killed_in_the_middle__is_unavailable(void **state)
{
    struct world *world = *state;
    struct err err;
    assert_false(db_exec(world->db, "KILL CONNECTION_ID()", DB_NONE, NULL, &err));
    assert_code(err, ERR_DB_UNAVAILABLE);
    assert_true(db_ready(world->db, &err));
    assert_false(db_exec(world->db, "KILL QUERY CONNECTION_ID()", DB_NONE, NULL, &err));
    assert_code(err, ERR_DB_UNAVAILABLE);
    assert_true(db_ready(world->db, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(db_transaction__failure_of_the_unit__rolls_back),
        cmocka_unit_test(db_exec__transaction_left_open__is_rolled_back_and_an_error),
        cmocka_unit_test(db_snapshot__reads_one_moment_and_writes_nothing),
        cmocka_unit_test(db_transaction__deadlock__runs_again_and_both_succeed),
        cmocka_unit_test(db_transaction__lock_that_is_never_given__ends_in_bounded_tries),
        cmocka_unit_test(db_transaction__many_writers_of_one_row__lose_no_update),
        cmocka_unit_test(db_transaction__line_cut__is_unknown_at_commit_only),
        cmocka_unit_test(db_transaction__server_killed_at_commit__is_unknown_and_ready_recovers),
        cmocka_unit_test(db_open__server_that_hangs__returns_by_its_deadline),
        cmocka_unit_test(db_ready__connection_ended_while_idle__opens_it_again),
        cmocka_unit_test(db_query__killed_in_the_middle__is_unavailable),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
