/* Values into text, without a server: what is quoted, what becomes hexadecimal, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/auto.h"
#include "db/internal.h"

static void assert_sql(const char *fragment, const struct db_value *values, size_t count,
                       const char *expected)
{
    AUTO(str_release) struct str sql = STR_INIT(4096);
    struct db db = {.mysql = NULL};
    db_sql(&db, &sql, fragment, values, count);
    assert_true(str_ok(&sql));
    assert_string_equal(str_data(&sql), expected);
}

static void assert_value(struct db_value value, const char *expected)
{
    assert_sql("?", &value, 1, expected);
}

static void db_sql__numbers__are_plain(void **state)
{
    (void)state;
    assert_value(DB_I64(0), "0");
    assert_value(DB_I64(-7), "-7");
    assert_value(DB_I64(INT64_MIN), "-9223372036854775808");
    assert_value(DB_I64(INT64_MAX), "9223372036854775807");
    assert_value(DB_U64(UINT64_MAX), "18446744073709551615");
    assert_value(DB_DEC(dec_from_i64(-3)), "-3");
    assert_value(DB_DEC((struct dec){1}), "0.0000000000000001");
    assert_value(DB_NULL, "NULL");
}

static void db_sql__printable_ascii__is_quoted_and_all_else_is_hexadecimal(void **state)
{
    (void)state;
    assert_value(DB_TEXT(NULL), "NULL");
    assert_value(DB_TEXT(""), "''");
    assert_value(DB_TEXT("a \"b\" `c` ; -- # /* ? ~"), "'a \"b\" `c` ; -- # /* ? ~'");
    assert_value(DB_TEXT("it's"), "_utf8mb4 x'69742773'");
    assert_value(DB_TEXT("\\"), "_utf8mb4 x'5c'");
    assert_value(DB_TEXT("\n"), "_utf8mb4 x'0a'");
    assert_value(DB_TEXT("\x7f"), "_utf8mb4 x'7f'");
    assert_value(DB_TEXT("\xe2\x82\xac"), "_utf8mb4 x'e282ac'");
    assert_value((struct db_value){.kind = DB_KIND_TEXT, .bytes = "a\0b", .length = 3},
                 "_utf8mb4 x'610062'");
    assert_value(DB_BYTES("a\0'\xff", 4), "x'610027ff'");
    assert_value(DB_BYTES("", 0), "x''");
}

static void db_sql__times__are_dates_of_the_calendar(void **state)
{
    (void)state;
    assert_value(DB_TIME(0), "NULL");
    assert_value(DB_TIME(1), "TIMESTAMP'1970-01-01 00:00:00.000001'");
    assert_value(DB_TIME(-1), "TIMESTAMP'1969-12-31 23:59:59.999999'");
    assert_value(DB_TIME(INT64_C(1709164800000000)), "TIMESTAMP'2024-02-29 00:00:00.000000'");
    assert_value(DB_TIME(INT64_C(-62135596800000000)), "TIMESTAMP'0001-01-01 00:00:00.000000'");
    assert_value(DB_TIME(INT64_C(253402300799999999)), "TIMESTAMP'9999-12-31 23:59:59.999999'");
}

static void db_sql__every_day__is_the_day_after_the_one_before(void **state)
{
    static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned year = 1, month = 1, day = 1;
    AUTO(str_release) struct str sql = STR_INIT(4096);
    struct db db = {.mysql = NULL};
    char expected[64];
    (void)state;
    for (int64_t days = -719162; days <= 2932896; days++) {
        bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        struct db_value value = DB_TIME(days * INT64_C(86400000000) + (days == 0));
        str_clear(&sql);
        db_sql(&db, &sql, "?", &value, 1);
        snprintf(expected, sizeof(expected), "TIMESTAMP'%04u-%02u-%02u", year, month, day);
        if (strncmp(sql.data, expected, strlen(expected)) != 0)
            fail_msg("%s is not %s", sql.data, expected);
        if (++day > lengths[month - 1] + (month == 2 && is_leap)) {
            day = 1;
            if (++month > 12) {
                month = 1;
                year++;
            }
        }
    }
    assert_int_equal(year, 10000);
}

static void db_sql__bad_text_or_time__fails_for_good(void **state)
{
    static const char *const rows[] = {"\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                       "\xe2\x82"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str sql = STR_INIT(4096);
        struct db db = {.mysql = NULL};
        db_sql(&db, &sql, "SELECT ?", DB_ARGS(DB_TEXT(rows[i])));
        db_sql(&db, &sql, ", ?", DB_ARGS(DB_I64(1)));
        assert_false(str_ok(&sql));
        assert_true(db.text_bad);
    }
    AUTO(str_release) struct str sql = STR_INIT(4096);
    struct db db = {.mysql = NULL};
    db_sql_row(&db, &sql, true, DB_ARGS(DB_TIME(INT64_C(253402300800000000))));
    assert_false(str_ok(&sql));
    assert_true(db.time_bad);
}

static void db_sql__ceiling__is_kept(void **state)
{
    AUTO(str_release) struct str sql = STR_INIT(200);
    struct db db = {.mysql = NULL};
    (void)state;
    for (int i = 0; i < 50; i++)
        db_sql_row(&db, &sql, i == 0, DB_ARGS(DB_TEXT("0123456789'"), DB_I64(i)));
    assert_false(str_ok(&sql));
    assert_true(sql.length <= 200);
}

static void db_sql_row__rows__are_a_list(void **state)
{
    AUTO(str_release) struct str sql = STR_INIT(4096);
    struct db db = {.mysql = NULL};
    (void)state;
    db_sql(&db, &sql, "INSERT INTO t VALUES ", DB_NONE);
    db_sql_row(&db, &sql, true, DB_ARGS(DB_I64(1), DB_TEXT("a"), DB_NULL));
    db_sql_row(&db, &sql, false, DB_ARGS(DB_I64(-2), DB_TEXT("b'"), DB_BYTES("\x01", 1)));
    assert_string_equal(str_data(&sql),
                        "INSERT INTO t VALUES (1,'a',NULL),(-2,_utf8mb4 x'6227',x'01')");
}

static void db_sql__marks__are_filled_in_order(void **state)
{
    (void)state;
    assert_sql("?-?", DB_ARGS(DB_I64(1), DB_I64(-1)), "1--1");
    assert_sql("", DB_NONE, "");
    assert_sql("SELECT 1", DB_NONE, "SELECT 1");
    assert_sql("a=? AND b=?;", DB_ARGS(DB_TEXT("?"), DB_TEXT("x?")), "a='?' AND b='x?';");
}

static void db_sql_has_commit__only_outside_of_literals__is_found(void **state)
{
    static const struct {
        const char *sql;
        bool has;
    } rows[] = {
        {"COMMIT", true},
        {"commit", true},
        {"START TRANSACTION;UPDATE a SET b = 'x';COMMIT", true},
        {"INSERT INTO a VALUES ('COMMIT')", false},
        {"INSERT INTO a VALUES ('COMMIT');COMMIT;SELECT 1", true},
        {"SELECT `commit` FROM \"commit\"", false},
        {"SELECT 'it''s';COMMIT", true},
        {"SELECT 'a\\';COMMIT'", false},
        {"ROLLBACK", false},
        {"", false},
        {"COMMI", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(db_sql_has_commit(rows[i].sql, strlen(rows[i].sql)), rows[i].has);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(db_sql__numbers__are_plain),
        cmocka_unit_test(db_sql__printable_ascii__is_quoted_and_all_else_is_hexadecimal),
        cmocka_unit_test(db_sql__times__are_dates_of_the_calendar),
        cmocka_unit_test(db_sql__every_day__is_the_day_after_the_one_before),
        cmocka_unit_test(db_sql__bad_text_or_time__fails_for_good),
        cmocka_unit_test(db_sql__ceiling__is_kept),
        cmocka_unit_test(db_sql_row__rows__are_a_list),
        cmocka_unit_test(db_sql__marks__are_filled_in_order),
        cmocka_unit_test(db_sql_has_commit__only_outside_of_literals__is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
