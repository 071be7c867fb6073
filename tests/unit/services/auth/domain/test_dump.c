/* Rows of a database dump: what is understood, what is skipped, what is refused with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "auth/domain/dump.h"
#include "base/auto.h"
#include "base/check.h"
#include "base/str.h"

struct text {
    const char *bytes;
    size_t left, step;
};

/* A few bytes at a time: nothing may depend on where a block ends. */
static size_t read_text(void *arg, char *buffer, size_t size)
{
    struct text *text = arg;
    size_t count = text->left < text->step ? text->left : text->step;
    assert_true(count <= size);
    memcpy(buffer, text->bytes, count);
    text->bytes += count;
    text->left -= count;
    return count;
}

/* "table(a=1,b=NULL)" for each row. */
static bool take(void *arg, const struct dump_row *row, struct err *err)
{
    struct str *out = arg;
    (void)err;
    str_add_format(out, "%s(", row->table);
    for (size_t i = 0; i < row->count; i++) {
        str_add_format(out, "%s%s=", i ? "," : "", row->columns[i]);
        if (row->values[i].bytes)
            str_add_bytes(out, row->values[i].bytes, row->values[i].length);
        else
            str_add(out, "NULL");
    }
    str_add(out, ")");
    return true;
}

static bool read_all(const char *bytes, size_t step, struct str *out, struct err *err)
{
    struct text text = {bytes, strlen(bytes), step};
    struct dump_source source = {read_text, &text};
    return dump_read(&source, take, out, err);
}

static void dump_read__dumps__as_listed(void **state)
{
    static const struct {
        const char *dump, *rows;
    } rows[] = {
        {"", ""},
        {"-- nothing\n/*!40101 SET NAMES utf8 */;\n", ""},
        {"CREATE TABLE `users` (\n  `id` bigint(20) NOT NULL AUTO_INCREMENT,\n"
         "  `email` varchar(255) NOT NULL DEFAULT 'a,(b',\n  `price` decimal(10,2),\n"
         "  PRIMARY KEY (`id`),\n  UNIQUE KEY `x` (`email`,`id`)\n) ENGINE=InnoDB;\n"
         "LOCK TABLES `users` WRITE;\nINSERT INTO `users` VALUES (1,'a@b.cd',NULL),"
         "(2,'it''s; \\'x\\' \\\\ \\n(',-1.5e3);\nUNLOCK TABLES;\n",
         "users(id=1,email=a@b.cd,price=NULL)users(id=2,email=it's; 'x' \\ \n(,price=-1.5e3)"},
        {"INSERT IGNORE INTO labels (`key`, value) VALUES ('k',0x414243), (_binary 'b', \"q\");",
         "labels(key=k,value=ABC)labels(key=b,value=q)"},
        {"insert into `db`.`t` (`a`) values\n(null);", "t(a=NULL)"},
        {"DROP TABLE IF EXISTS `x;y`;\nCREATE VIEW v AS SELECT ';';"
         "INSERT INTO t (a) VALUES (1)",
         "t(a=1)"},
        {"CREATE TABLE IF NOT EXISTS `t` (`a` int);INSERT INTO t VALUES (1)"
         " ON DUPLICATE KEY UPDATE a = 'x;';INSERT INTO t VALUES ('');",
         "t(a=1)t(a=)"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        for (size_t step = 1; step < 40; step += 6) {
            AUTO(str_release) struct str out = STR_INIT(4096);
            struct err err = {.what = ""};
            if (!read_all(rows[i].dump, step, &out, &err))
                fail_msg("dump %zu: %s", i, err.what);
            assert_string_equal(str_data(&out), rows[i].rows);
        }
}

static void dump_read__broken__is_refused_with_its_line(void **state)
{
    static const struct {
        const char *dump, *what;
    } rows[] = {
        {"\n\nINSERT INTO t VALUES (1);", "line 3: rows of a table without its columns"},
        {"INSERT INTO t (a,b) VALUES (1);", "line 1: a row with more or fewer values"},
        {"INSERT INTO t (a) VALUES ('x", "line 1: a string without its end"},
        {"INSERT INTO t (a) VALUES (1", "line 1: a row without its end"},
        {"INSERT INTO t (a) VALUES 1;", "line 1: no row where one belongs"},
        {"INSERT INTO t (a) VALUES (0x1);", "line 1: a hexadecimal literal with half a byte"},
        {"INSERT INTO t (a) VALUES (0xZZ);", "line 1: a hexadecimal literal with other digits"},
        {"INSERT INTO t (a) VALUES ();", "line 1: no value where one belongs"},
        {"INSERT INTO t (a) SELECT 1;", "line 1: rows without VALUES"},
        {"INSERT t VALUES (1);", "line 1:"},
        {"INSERT INTO `t", "line 1: a name without its end"},
        {"CREATE TABLE `t` (`a` int", "line 1: a table without its end"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str out = STR_INIT(4096);
        struct err err = {.what = ""};
        if (read_all(rows[i].dump, 7, &out, &err))
            fail_msg("read: %s", rows[i].dump);
        assert_int_equal(err.code, ERR_INVALID);
        if (strncmp(err.what, rows[i].what, strlen(rows[i].what)) != 0)
            fail_msg("%s, not %s", err.what, rows[i].what);
    }
}

static bool stop(void *arg, const struct dump_row *row, struct err *err)
{
    unsigned *count = arg;
    assert_string_equal(dump_row_get(row, "a").bytes, "1");
    assert_null(dump_row_get(row, "b").bytes);
    ++*count;
    return err_set(err, ERR_BUSY, "enough");
}

static void dump_read__taker_refuses__ends(void **state)
{
    const char bytes[] = "INSERT INTO t (a) VALUES (1),(2);";
    struct text text = {bytes, strlen(bytes), 100};
    struct dump_source source = {read_text, &text};
    struct err err;
    unsigned count = 0;
    (void)state;
    assert_false(dump_read(&source, stop, &count, &err));
    assert_int_equal(err.code, ERR_BUSY);
    assert_int_equal(count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dump_read__dumps__as_listed),
        cmocka_unit_test(dump_read__broken__is_refused_with_its_line),
        cmocka_unit_test(dump_read__taker_refuses__ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
