/*
 * Values into MariaDB and back: every kind at its edges, texts that would like to be SQL, and what
 * the server refuses. All of it also as rows of a long statement.
 */
#include "tests/integration/db_world.h"

struct world {
    struct db *db;
};

static int world_open(void **state)
{
    static struct world world;
    if (servers_run("start-db", NULL, NULL) != 0)
        return -1;
    world.db = db_open_root();
    *state = &world;
    exec_ok(world.db,
            "CREATE OR REPLACE TABLE kinds (id INT PRIMARY KEY AUTO_INCREMENT, i BIGINT,"
            " u BIGINT UNSIGNED, d DECIMAL(36,16), t LONGTEXT CHARACTER SET utf8mb4, b LONGBLOB,"
            " w DATETIME(6))",
            DB_NONE);
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;
    db_close(world->db);
    return 0;
}

static struct dec dec_of(const char *text)
{
    struct dec value;
    assert_true(dec_parse(text, &value));
    return value;
}

/* Writes one row by both ways and gives it back, the row of the second way. */
static struct db_result *round_trip(struct db *db, const struct db_value *values, size_t count)
{
    AUTO(str_release) struct str sql = STR_INIT(DB_STATEMENT_BYTES_MAX);
    struct err err;
    assert_int_equal(count, 6);
    exec_ok(db, "TRUNCATE TABLE kinds", DB_NONE);
    exec_ok(db, "INSERT INTO kinds (i, u, d, t, b, w) VALUES (?, ?, ?, ?, ?, ?)", values, count);
    db_sql(db, &sql, "INSERT INTO kinds (i, u, d, t, b, w) VALUES ", DB_NONE);
    db_sql_row(db, &sql, true, values, count);
    db_sql_row(db, &sql, false, values, count);
    if (!db_exec_str(db, &sql, NULL, &err))
        fail_msg("%s", err.what);
    assert_int_equal(
        number_of(db, "SELECT COUNT(*) FROM (SELECT DISTINCT i, u, d, t, b, w FROM kinds) k"), 1);
    struct db_result *rows =
        query_ok(db, "SELECT i, u, d, t, b, w FROM kinds WHERE id = 2", DB_NONE);
    assert_true(db_row_next(rows));
    return rows;
}

static void db_exec__numbers_at_their_edges__come_back(void **state)
{
    static const int64_t signed_rows[] = {0, 1, -1, INT64_MAX, INT64_MIN, INT64_MIN + 1};
    static const uint64_t unsigned_rows[] = {0, 1, 9, 10, UINT64_MAX, (uint64_t)INT64_MAX + 1};
    static const char *const dec_rows[] = {"0",
                                           "-0.0000000000000001",
                                           "0.0000000000000001",
                                           "12345678901234567890.1234567890123456",
                                           "99999999999999999999.9999999999999999",
                                           "-99999999999999999999.9999999999999999"};
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LEN(signed_rows); i++) {
        struct dec dec = dec_of(dec_rows[i]);
        struct db_result *rows =
            round_trip(world->db, DB_ARGS(DB_I64(signed_rows[i]), DB_U64(unsigned_rows[i]),
                                          DB_DEC(dec), DB_NULL, DB_NULL, DB_NULL));
        assert_true(db_get_i64(rows, 0) == signed_rows[i]);
        assert_true(db_get_u64(rows, 1) == unsigned_rows[i]);
        assert_true(dec_cmp(db_get_dec(rows, 2), dec) == 0);
        assert_true(db_is_null(rows, 3) && db_is_null(rows, 4) && db_is_null(rows, 5));
        db_result_free(rows);
    }
}

static void db_exec__any_text__comes_back_and_runs_nothing(void **state)
{
    static const char *const rows[] = {"",
                                       "plain",
                                       "'",
                                       "''",
                                       "\\",
                                       "\\'",
                                       "'; DROP TABLE kinds; --",
                                       "\" OR \"\"=\"",
                                       "`",
                                       "a\\",
                                       "%00",
                                       "%27",
                                       "/*",
                                       "*/",
                                       "-- ",
                                       "#",
                                       ";",
                                       "?",
                                       "x?y",
                                       "\n",
                                       "\r\n",
                                       "\t",
                                       "\x1a",
                                       "\x01",
                                       "1' OR '1'='1",
                                       "\\x27",
                                       "' UNION SELECT 1 -- ",
                                       "\xc3\xa9",
                                       "\xe2\x82\xac",
                                       "\xf0\x9f\x92\xb0",
                                       "NULL",
                                       "x'41'",
                                       "_utf8mb4 x'41'",
                                       "$(reboot)",
                                       "{\"a\":\"b\\n'\"}",
                                       "COMMIT",
                                       "\xed\x9f\xbf",
                                       "\xf4\x8f\xbf\xbf",
                                       "\x7f"};
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct db_result *result =
            round_trip(world->db, DB_ARGS(DB_NULL, DB_NULL, DB_NULL, DB_TEXT(rows[i]),
                                          DB_BYTES(rows[i], strlen(rows[i])), DB_NULL));
        size_t length;
        assert_string_equal(db_get_text(result, 3), rows[i]);
        assert_memory_equal(db_get_bytes(result, 4, &length), rows[i], strlen(rows[i]));
        assert_int_equal(length, strlen(rows[i]));
        db_result_free(result);
        /* It is found by its value too: the literal compares as a text of the column. */
        result = query_ok(world->db, "SELECT COUNT(*) FROM kinds WHERE t = ? AND b = ?",
                          DB_ARGS(DB_TEXT(rows[i]), DB_BYTES(rows[i], strlen(rows[i]))));
        assert_true(db_row_next(result));
        assert_int_equal(db_get_i64(result, 0), 3);
        db_result_free(result);
    }
}

static void db_exec__text_and_bytes_with_every_byte__come_back(void **state)
{
    struct world *world = *state;
    char bytes[256], ascii[128];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)i;
    for (size_t i = 0; i < sizeof(ascii); i++)
        ascii[i] = (char)i;
    struct db_value text = {.kind = DB_KIND_TEXT, .bytes = ascii, .length = sizeof(ascii)};
    struct db_result *rows =
        round_trip(world->db, DB_ARGS(DB_NULL, DB_NULL, DB_NULL, text,
                                      DB_BYTES(bytes, sizeof(bytes)), DB_NULL));
    size_t length;
    assert_memory_equal(db_get_bytes(rows, 3, &length), ascii, sizeof(ascii));
    assert_int_equal(length, sizeof(ascii));
    assert_memory_equal(db_get_bytes(rows, 4, &length), bytes, sizeof(bytes));
    assert_int_equal(length, sizeof(bytes));
    db_result_free(rows);
}

static void db_exec__what_is_no_utf8__is_refused_before_it_is_sent(void **state)
{
    static const char *const rows[] = {"\x80",
                                       "\xbf",
                                       "\xc0\x80",
                                       "\xc1\xbf",
                                       "\xc3",
                                       "\xc3'",
                                       "\xe0\x80\x80",
                                       "\xe2\x82",
                                       "\xe5\\",
                                       "\xed\xa0\x80",
                                       "\xf0\x80\x80\x80",
                                       "\xf4\x90\x80\x80",
                                       "\xf5\x80\x80\x80",
                                       "\xff",
                                       "a\xfe-"};
    struct world *world = *state;
    struct err err;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_false(db_exec(world->db, "INSERT INTO kinds (t) VALUES (?)",
                             DB_ARGS(DB_TEXT(rows[i])), NULL, &err));
        assert_code(err, ERR_INVALID);
    }
    exec_ok(world->db, "DO ?", DB_ARGS(DB_TEXT("after it all is well")));
}

static void db_exec__times__come_back_to_the_microsecond(void **state)
{
    static const struct {
        int64_t time_us;
        const char *text;
    } rows[] = {
        {1, "1970-01-01 00:00:00.000001"},
        {-1, "1969-12-31 23:59:59.999999"},
        {1795183380123456, "2026-11-20 14:03:00.123456"},
        {951782400000000, "2000-02-29 00:00:00.000000"},
        {4107542399999999, "2100-02-28 23:59:59.999999"},
        {-62135596800000000, "0001-01-01 00:00:00.000000"},
        {253402300799999999, "9999-12-31 23:59:59.999999"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct db_result *result =
            round_trip(world->db, DB_ARGS(DB_NULL, DB_NULL, DB_NULL, DB_NULL, DB_NULL,
                                          DB_TIME(rows[i].time_us)));
        assert_string_equal(db_get_text(result, 5), rows[i].text);
        assert_true(db_get_time_us(result, 5) == rows[i].time_us);
        db_result_free(result);
    }
    struct err err;
    assert_false(db_exec(world->db, "DO ?", DB_ARGS(DB_TIME(INT64_MAX)), NULL, &err));
    assert_code(err, ERR_INVALID);
    assert_false(db_exec(world->db, "DO ?", DB_ARGS(DB_TIME(INT64_MIN)), NULL, &err));
    assert_code(err, ERR_INVALID);
    struct db_result *result = query_ok(world->db,
                                        "SELECT ?, CAST('2026-01-02' AS DATE), "
                                        "CAST('2026-01-02 03:04:05.6' AS DATETIME(1))",
                                        DB_ARGS(DB_TIME(0)));
    assert_true(db_row_next(result));
    assert_true(db_get_time_us(result, 0) == 0 && db_is_null(result, 0));
    assert_true(db_get_time_us(result, 1) == INT64_C(1767312000000000));
    assert_true(db_get_time_us(result, 2) == INT64_C(1767323045600000));
    db_result_free(result);
}

static void db_query__values_of_mixed_forms_in_one_list__join(void **state)
{
    /* Plain and hexadecimal texts, short and long decimals in one column of VALUES: the server finds
     * a common type and collation. */
    struct world *world = *state;
    AUTO(str_release) struct str sql = STR_INIT(65536);
    struct db_result *rows;
    struct err err;
    exec_ok(
        world->db,
        "CREATE OR REPLACE TABLE joined (k VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
        " PRIMARY KEY, d DECIMAL(36,16) NOT NULL);"
        "INSERT INTO joined VALUES ('a', 1), ('b''c', 2), (_utf8mb4 x'c3a9', 3)",
        DB_NONE);
    db_sql(world->db, &sql, "UPDATE joined j JOIN (WITH x (k, d) AS (VALUES ", DB_NONE);
    db_sql_row(world->db, &sql, true, DB_ARGS(DB_TEXT("a"), DB_DEC(dec_of("0.5"))));
    db_sql_row(world->db, &sql, false,
               DB_ARGS(DB_TEXT("b'c"), DB_DEC(dec_of("-0.0000000000000001"))));
    db_sql_row(world->db, &sql, false,
               DB_ARGS(DB_TEXT("\xc3\xa9"), DB_DEC(dec_of("99999999999999999990.9"))));
    db_sql(world->db, &sql, ") SELECT * FROM x) x ON x.k = j.k SET j.d = j.d + x.d", DB_NONE);
    uint64_t affected = 0;
    if (!db_exec_str(world->db, &sql, &affected, &err))
        fail_msg("%s", err.what);
    assert_int_equal(affected, 3);
    rows = query_ok(world->db, "SELECT d FROM joined ORDER BY d", DB_NONE);
    assert_true(db_row_next(rows) && dec_cmp(db_get_dec(rows, 0), dec_of("1.5")) == 0);
    assert_true(db_row_next(rows) &&
                dec_cmp(db_get_dec(rows, 0), dec_of("1.9999999999999999")) == 0);
    assert_true(db_row_next(rows) &&
                dec_cmp(db_get_dec(rows, 0), dec_of("99999999999999999993.9")) == 0);
    assert_false(db_row_next(rows));
    db_result_free(rows);
}

static void db_query__several_statements__give_their_sets_in_order(void **state)
{
    struct world *world = *state;
    struct db_result *rows = query_ok(
        world->db, "SELECT ? UNION ALL SELECT 2; DO 0; SELECT 3 FROM DUAL WHERE FALSE; SELECT ?",
        DB_ARGS(DB_I64(1), DB_TEXT("four")));
    assert_int_equal(db_row_count(rows), 2);
    assert_true(db_row_next(rows) && db_get_i64(rows, 0) == 1);
    assert_true(db_row_next(rows) && db_get_i64(rows, 0) == 2);
    assert_false(db_row_next(rows));
    assert_true(db_result_next(rows));
    assert_int_equal(db_row_count(rows), 0);
    assert_false(db_row_next(rows));
    assert_true(db_result_next(rows));
    char cut[4];
    assert_true(db_row_next(rows));
    db_get_chars(rows, 0, cut, sizeof(cut));
    assert_string_equal(cut, "fou");
    assert_false(db_result_next(rows));
    db_result_free(rows);
}

static void db_exec__affected__counts_rows_that_match(void **state)
{
    struct world *world = *state;
    struct err err;
    uint64_t affected = 99;
    exec_ok(world->db, "TRUNCATE TABLE kinds; INSERT INTO kinds (i) VALUES (1), (1), (2)", DB_NONE);
    assert_true(
        db_exec(world->db, "DO 0; UPDATE kinds SET i = 1 WHERE i = 1", DB_NONE, &affected, &err));
    assert_int_equal(affected, 2);
}

static void db_exec__errors__have_their_code_and_no_value(void **state)
{
    static const struct {
        const char *sql;
        enum err_code code;
        const char *has;
    } rows[] = {
        {"INSERT INTO strict VALUES (7, 'SECRET', 1, 1)", ERR_CONFLICT, "strict_name"},
        {"INSERT INTO strict VALUES (9, 'it''s a for key ''SECRET', 1, 1)", ERR_CONFLICT,
         "strict_name"},
        {"INSERT INTO strict VALUES (2, 'x', -1, 1)", ERR_INTERNAL, "strict_positive"},
        {"INSERT INTO strict VALUES (2, 'y', 'SECRET', 1)", ERR_INTERNAL, "1366"},
        {"INSERT INTO strict VALUES (2, 'SECRET567890123456789012345678901', 1, 1)", ERR_INTERNAL,
         "name"},
        {"INSERT INTO strict VALUES (2, 'z', 1, 999)", ERR_INTERNAL, "small"},
        {"SELEC 'SECRET'", ERR_INTERNAL, "1064"},
        {"SELECT 1 FROM nowhere", ERR_INTERNAL, "nowhere"},
        {"SELECT nothing FROM strict", ERR_INTERNAL, "nothing"},
        {"SELECT CAST('SECRET' AS INET6)", ERR_NONE, ""},
        {"DO 0; DO 0; SELECT nothing FROM strict", ERR_INTERNAL, "statement 3"},
        {"SELECT SLEEP(2) FROM DUAL WHERE (SELECT 1 UNION SELECT 2)", ERR_INTERNAL, "1242"},
        {"SET STATEMENT max_statement_time = 0.05 FOR SELECT SLEEP(3), 'SECRET'", ERR_TIMEOUT,
         "1969"},
    };
    struct world *world = *state;
    exec_ok(world->db,
            "CREATE OR REPLACE TABLE strict (id INT PRIMARY KEY, name VARCHAR(30), amount "
            "DECIMAL(36,16),"
            " small TINYINT, UNIQUE KEY strict_name (name), CONSTRAINT strict_positive CHECK "
            "(amount >= 0));"
            "INSERT INTO strict VALUES (1, 'SECRET', 1, 1), (3, 'it''s a for key ''SECRET', 1, 1)",
            DB_NONE);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = {0};
        bool done = db_exec(world->db, rows[i].sql, DB_NONE, NULL, &err);
        assert_int_equal(done, rows[i].code == ERR_NONE);
        assert_code(err, rows[i].code);
        if (!done && (!strstr(err.what, rows[i].has) || strstr(err.what, "SECRET")))
            fail_msg("%s: %s", rows[i].sql, err.what);
    }
}

static void db_exec__more_than_the_server_takes__is_refused_and_the_connection_lives(void **state)
{
    struct world *world = *state;
    AUTO(str_release) struct str sql = STR_INIT(DB_STATEMENT_BYTES_MAX);
    AUTO(str_release) struct str large = STR_INIT(40 << 20);
    struct err err;
    assert_non_null(str_reserve(&large, 40 << 20));
    memset(large.data, 'a', 40 << 20);
    struct db_value text = {.kind = DB_KIND_TEXT, .bytes = large.data, .length = 40 << 20};
    struct db_result *rows = query_ok(world->db, "SELECT LENGTH(?)", &text, 1);
    assert_true(db_row_next(rows) && db_get_i64(rows, 0) == 40 << 20);
    db_result_free(rows);
    db_sql(world->db, &sql, "SELECT LENGTH(?), ?", DB_ARGS(text, text));
    assert_false(db_exec_str(world->db, &sql, NULL, &err));
    assert_code(err, ERR_INTERNAL);
    exec_ok(world->db, "SET GLOBAL max_allowed_packet = 1048576", DB_NONE);
    struct db *small = db_open_root();
    assert_false(db_exec(small, "SELECT LENGTH(?)", &text, 1, NULL, &err));
    assert_code(err, ERR_INTERNAL);
    assert_non_null(strstr(err.what, "max_allowed_packet"));
    exec_ok(small, "DO 0", DB_NONE);
    db_close(small);
    exec_ok(world->db, "SET GLOBAL max_allowed_packet = 67108864", DB_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(db_exec__numbers_at_their_edges__come_back),
        cmocka_unit_test(db_exec__any_text__comes_back_and_runs_nothing),
        cmocka_unit_test(db_exec__text_and_bytes_with_every_byte__come_back),
        cmocka_unit_test(db_exec__what_is_no_utf8__is_refused_before_it_is_sent),
        cmocka_unit_test(db_exec__times__come_back_to_the_microsecond),
        cmocka_unit_test(db_query__values_of_mixed_forms_in_one_list__join),
        cmocka_unit_test(db_query__several_statements__give_their_sets_in_order),
        cmocka_unit_test(db_exec__affected__counts_rows_that_match),
        cmocka_unit_test(db_exec__errors__have_their_code_and_no_value),
        cmocka_unit_test(db_exec__more_than_the_server_takes__is_refused_and_the_connection_lives),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
