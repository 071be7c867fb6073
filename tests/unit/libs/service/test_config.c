/* The configuration table: every kind, every mistake at once, and no secret in what is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "service/config.h"

enum { REPORT_BYTES_MAX = 16 * 1024 };

struct settings {
    const char *host, *mode, *key, *password, *log_level, *note;
    uint16_t port;
    uint32_t workers;
    bool strict;
};

static const struct config_row rows[] = {
    {.name = "T_HOST",
     .kind = CONFIG_TEXT,
     .offset = offsetof(struct settings, host),
     .example = "127.0.0.1",
     .doc = "The host."},
    {.name = "T_MODE",
     .kind = CONFIG_TEXT,
     .offset = offsetof(struct settings, mode),
     .fallback = "api",
     .values = "api settler",
     .doc = "What it does | or not."},
    {.name = "T_NOTE",
     .kind = CONFIG_TEXT,
     .offset = offsetof(struct settings, note),
     .fallback = "none"},
    {.name = "T_PORT",
     .kind = CONFIG_PORT,
     .offset = offsetof(struct settings, port),
     .fallback = "18006",
     .example = "18006"},
    {.name = "T_WORKERS",
     .kind = CONFIG_U32,
     .offset = offsetof(struct settings, workers),
     .fallback = "8",
     .min = 1,
     .max = 64},
    {.name = "T_STRICT",
     .kind = CONFIG_BOOL,
     .offset = offsetof(struct settings, strict),
     .fallback = "true"},
    {.name = "T_KEY",
     .kind = CONFIG_FILE,
     .offset = offsetof(struct settings, key),
     .fallback = "",
     .example = "/run/keys/jwt.pub"},
    {.name = "T_PASSWORD",
     .kind = CONFIG_SECRET,
     .offset = offsetof(struct settings, password),
     .example = "a long random text"},
    {.name = "T_LOG_LEVEL",
     .kind = CONFIG_TEXT,
     .offset = offsetof(struct settings, log_level),
     .fallback = "info"},
    {.name = NULL},
};

static const struct service_spec spec = {
    .name = "test",
    .config = rows,
    .config_size = sizeof(struct settings),
    .ops_port_offset = offsetof(struct settings, port),
    .log_level_offset = offsetof(struct settings, log_level),
};

static int clean(void **state)
{
    (void)state;
    for (const struct config_row *row = rows; row->name; row++)
        unsetenv(row->name);
    unsetenv("T_PASSWORD_FILE");
    setenv("T_HOST", "h", 1);
    setenv("T_PASSWORD", "p4ssw0rd", 1);
    return 0;
}

static struct settings *read_good(void)
{
    AUTO(str_release) struct str mistakes = STR_INIT(REPORT_BYTES_MAX);
    void *config = NULL;
    size_t count = 77;
    if (!config_read(&spec, &config, &mistakes, &count))
        fail_msg("%s", str_data(&mistakes));
    assert_int_equal(count, 0);
    assert_int_equal(mistakes.length, 0);
    return config;
}

static void assert_mistake(const char *name, const char *value, const char *expected)
{
    AUTO(str_release) struct str mistakes = STR_INIT(REPORT_BYTES_MAX);
    void *config = NULL;
    size_t count = 0;
    clean(NULL);
    setenv(name, value, 1);
    if (config_read(&spec, &config, &mistakes, &count))
        fail_msg("%s=%s was taken", name, value);
    assert_null(config);
    assert_int_equal(count, 1);
    if (!strstr(mistakes.data, expected))
        fail_msg("\"%s\" does not say \"%s\"", mistakes.data, expected);
    clean(NULL);
}

static char *file_new(const char *text, size_t length)
{
    char *path = strdup("/tmp/test_config_XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, length), (ssize_t)length);
    close(file);
    return path;
}

static void file_end(char *path)
{
    unlink(path);
    free(path);
}

static void config_read__defaults__fill_what_is_absent(void **state)
{
    (void)state;
    struct settings *settings = read_good();
    assert_string_equal(settings->host, "h");
    assert_string_equal(settings->mode, "api");
    assert_string_equal(settings->note, "none");
    assert_string_equal(settings->key, "");
    assert_string_equal(settings->password, "p4ssw0rd");
    assert_int_equal(settings->port, 18006);
    assert_int_equal(settings->workers, 8);
    assert_true(settings->strict);
    config_free(&spec, settings);
    config_free(&spec, NULL);
}

static void config_read__given_values__win(void **state)
{
    (void)state;
    setenv("T_MODE", "settler", 1);
    setenv("T_NOTE", "", 1);
    setenv("T_PORT", "65535", 1);
    setenv("T_WORKERS", "64", 1);
    setenv("T_STRICT", "No", 1);
    setenv("T_LOG_LEVEL", "debug", 1);
    struct settings *settings = read_good();
    assert_string_equal(settings->mode, "settler");
    assert_string_equal(settings->note, "");
    assert_int_equal(settings->port, 65535);
    assert_int_equal(settings->workers, 64);
    assert_false(settings->strict);
    config_free(&spec, settings);
}

static void config_read__empty_numbers__are_absent(void **state)
{
    (void)state;
    setenv("T_PORT", "", 1);
    setenv("T_WORKERS", "", 1);
    setenv("T_STRICT", "", 1);
    setenv("T_KEY", "", 1);
    struct settings *settings = read_good();
    assert_int_equal(settings->port, 18006);
    assert_int_equal(settings->workers, 8);
    config_free(&spec, settings);
}

static void config_read__each_mistake__names_variable_reason_and_example(void **state)
{
    static const char *const cases[][3] = {
        {"T_HOST", "", "T_HOST: is missing; for example T_HOST=127.0.0.1\n"},
        {"T_MODE", "API", "T_MODE: \"API\" is none of: api settler"},
        {"T_MODE", "api settler", "is none of"},
        {"T_MODE", "", "is none of"},
        {"T_PORT", "0", "T_PORT: \"0\" is no number from 1 to 65535; for example T_PORT=18006"},
        {"T_PORT", "65536", "is no number"},
        {"T_PORT", "-1", "is no number"},
        {"T_PORT", "80 ", "is no number"},
        {"T_PORT", "0x50", "is no number"},
        {"T_WORKERS", "0", "from 1 to 64"},
        {"T_WORKERS", "65", "from 1 to 64"},
        {"T_WORKERS", "18446744073709551617", "from 1 to 64"},
        {"T_STRICT", "maybe", "is neither true nor false"},
        {"T_KEY", "/nonexistent/key", "T_KEY: names a file that can't be read; for example T_KEY="},
        {"T_KEY", "/tmp", "can't be read"},
        {"T_KEY", "/dev/zero", "can't be read"},
        {"T_PASSWORD", "", "T_PASSWORD: is missing"},
        {"T_PASSWORD_FILE", "/nonexistent", "T_PASSWORD: is given twice"},
        {"T_LOG_LEVEL", "loud", "T_LOG_LEVEL: \"loud\" is none of debug, info, warning, error"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_mistake(cases[i][0], cases[i][1], cases[i][2]);
}

static void config_read__all_mistakes__are_listed_at_once(void **state)
{
    AUTO(str_release) struct str mistakes = STR_INIT(REPORT_BYTES_MAX);
    void *config = NULL;
    size_t count = 0;
    (void)state;
    unsetenv("T_HOST");
    unsetenv("T_PASSWORD");
    setenv("T_PORT", "none", 1);
    setenv("T_WORKERS", "many", 1);
    setenv("T_STRICT", "x", 1);
    setenv("T_KEY", "/nonexistent", 1);
    setenv("T_MODE", "x", 1);
    setenv("T_LOG_LEVEL", "x", 1);
    assert_false(config_read(&spec, &config, &mistakes, &count));
    assert_int_equal(count, 8);
    const char *at = mistakes.data;
    for (const struct config_row *row = rows; row->name; row++) {
        if (strcmp(row->name, "T_NOTE") == 0)
            continue;
        at = strstr(at, row->name);
        assert_non_null(at);
        at = strchr(at, '\n');
        assert_non_null(at);
    }
    assert_string_equal(at, "\n");
}

static void config_read__strange_values__can_not_forge_a_line(void **state)
{
    AUTO(str_release) struct str value = STR_INIT(REPORT_BYTES_MAX);
    (void)state;
    assert_mistake("T_PORT", "1\n  T_FAKE: is wrong\x1b[2J\xff",
                   "\"1?  T_FAKE: is wrong?[2J?\" is no");
    str_add_format(&value, "x%0*d", 5000, 1);
    assert_mistake("T_PORT", value.data, "000...\" is no number");
    assert_mistake("T_HOST", value.data, "is too long");
}

static void config_read__files_and_secret_files__give_their_content(void **state)
{
    char *path = file_new("-----BEGIN\nline\n", 16);
    (void)state;
    setenv("T_KEY", path, 1);
    struct settings *settings = read_good();
    assert_string_equal(settings->key, "-----BEGIN\nline\n");
    config_free(&spec, settings);
    file_end(path);

    path = file_new("from a file\n", 12);
    clean(NULL);
    unsetenv("T_PASSWORD");
    setenv("T_PASSWORD_FILE", path, 1);
    settings = read_good();
    assert_string_equal(settings->password, "from a file");
    config_free(&spec, settings);
    file_end(path);

    path = file_new("\n", 1);
    clean(NULL);
    setenv("T_PASSWORD", "", 1);
    AUTO(str_release) struct str mistakes = STR_INIT(REPORT_BYTES_MAX);
    void *config = NULL;
    size_t count;
    setenv("T_PASSWORD_FILE", path, 1);
    assert_false(config_read(&spec, &config, &mistakes, &count));
    assert_non_null(strstr(mistakes.data, "T_PASSWORD: its _FILE is empty"));
    file_end(path);
}

static void config_read__file_size__is_bounded(void **state)
{
    static char bytes[SERVICE_FILE_MAX + 1];
    (void)state;
    memset(bytes, 'x', sizeof(bytes));
    char *path = file_new(bytes, SERVICE_FILE_MAX);
    setenv("T_KEY", path, 1);
    struct settings *settings = read_good();
    assert_int_equal(strlen(settings->key), SERVICE_FILE_MAX);
    config_free(&spec, settings);
    file_end(path);
    path = file_new(bytes, sizeof(bytes));
    assert_mistake("T_KEY", path, "above 64 KiB");
    file_end(path);
    path = file_new("a\0b", 3);
    assert_mistake("T_KEY", path, "no text");
    file_end(path);
}

static void config_print__table__has_every_row_and_no_secret(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(REPORT_BYTES_MAX);
    (void)state;
    config_print(&spec, &out);
    for (const struct config_row *row = rows; row->name; row++)
        assert_non_null(strstr(out.data, row->name));
    assert_non_null(strstr(out.data, "| `T_HOST` | required | text | The host. |\n"));
    assert_non_null(
        strstr(out.data, "| `T_MODE` | `api` | one of: api settler | What it does \\| or"));
    assert_non_null(strstr(out.data, "| `T_WORKERS` | `8` | 1 to 64 |"));
    assert_null(strstr(out.data, "p4ssw0rd"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(config_read__defaults__fill_what_is_absent, clean),
        cmocka_unit_test_setup(config_read__given_values__win, clean),
        cmocka_unit_test_setup(config_read__empty_numbers__are_absent, clean),
        cmocka_unit_test_setup(config_read__each_mistake__names_variable_reason_and_example, clean),
        cmocka_unit_test_setup(config_read__all_mistakes__are_listed_at_once, clean),
        cmocka_unit_test_setup(config_read__strange_values__can_not_forge_a_line, clean),
        cmocka_unit_test_setup(config_read__files_and_secret_files__give_their_content, clean),
        cmocka_unit_test_setup(config_read__file_size__is_bounded, clean),
        cmocka_unit_test_setup(config_print__table__has_every_row_and_no_secret, clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
