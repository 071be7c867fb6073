/*
 * Not a test but a measurement: 1,000 rows per transaction, the text made by db_sql_row() against
 * snprintf() and against a text that is ready, and the making alone.
 *
 *     tests/integration/run_db_bus build/release/tests/integration db_rate
 */
#include "tests/integration/db_world.h"

#include "base/clock.h"

enum { ROWS = 1000, ROUNDS = 30, MAKE_ROUNDS = 500 };

static const char head[] =
    "START TRANSACTION;INSERT INTO rates (id, member_id, market_id, price, amount, "
    "side, created_at) VALUES ";

static void make_by_row(struct db *db, struct str *sql, uint64_t first)
{
    struct dec price = {INT64_C(650001200000000000)}, amount = {INT64_C(5000000000000000)};
    str_clear(sql);
    db_sql(db, sql, head, DB_NONE);
    for (uint64_t i = 0; i < ROWS; i++)
        db_sql_row(db, sql, i == 0,
                   DB_ARGS(DB_U64(first + i), DB_U64(1000 + i), DB_TEXT("btcusd"), DB_DEC(price),
                           DB_DEC(amount), DB_I64(1),
                           DB_TIME(INT64_C(1795183380123456) + (int64_t)i)));
    db_sql(db, sql, ";COMMIT", DB_NONE);
}

static void make_by_format(struct db *db, struct str *sql, uint64_t first)
{
    (void)db;
    str_clear(sql);
    str_add(sql, head);
    for (uint64_t i = 0; i < ROWS; i++)
        str_add_format(sql,
                       "%s(%llu,%llu,'btcusd',65.0001200000000000,0.5000000000000000,%d,"
                       "'2026-11-20 14:03:00.%06u')",
                       i == 0 ? "" : ",", (unsigned long long)(first + i),
                       (unsigned long long)(1000 + i), 1, (unsigned)(123456 + i));
    str_add(sql, ";COMMIT");
}

typedef void maker(struct db *db, struct str *sql, uint64_t first);

static void measure(const char *name, maker *make, bool is_made_before)
{
    AUTO(str_release) struct str sql = STR_INIT(DB_STATEMENT_BYTES_MAX);
    struct db *db = db_open_root();
    struct err err;
    exec_ok(
        db,
        "CREATE OR REPLACE TABLE rates (id BIGINT UNSIGNED PRIMARY KEY, member_id BIGINT UNSIGNED,"
        " market_id VARCHAR(20), price DECIMAL(36,16), amount DECIMAL(36,16), side TINYINT,"
        " created_at DATETIME(6))",
        DB_NONE);
    int64_t making_us = clock_monotonic_us(&clock_real);
    for (int i = 0; i < MAKE_ROUNDS; i++)
        make(db, &sql, 0);
    making_us = clock_monotonic_us(&clock_real) - making_us;

    int64_t all_us = 0;
    for (uint64_t i = 0; i < ROUNDS; i++) {
        int64_t from_us = clock_monotonic_us(&clock_real);
        make(db, &sql, i * ROWS);
        if (is_made_before)
            from_us = clock_monotonic_us(&clock_real);
        if (!db_exec_str(db, &sql, NULL, &err))
            fail_msg("%s", err.what);
        all_us += clock_monotonic_us(&clock_real) - from_us;
    }
    print_message("%-26s making %4lld ns per row, all %3lld thousand rows per second, %zu bytes\n",
                  name, (long long)(making_us * 1000 / MAKE_ROUNDS / ROWS),
                  (long long)ROUNDS * ROWS * 1000 / all_us, sql.length);
    db_close(db);
}

static void measure_all(void **state)
{
    (void)state;
    assert_int_equal(servers_run("start-db", NULL, NULL), 0);
    for (int i = 0; i < 3; i++) {
        measure("db_sql_row()", make_by_row, false);
        measure("snprintf()", make_by_format, false);
        measure("text that is ready", make_by_format, true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(measure_all)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
