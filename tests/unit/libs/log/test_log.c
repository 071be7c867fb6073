/* Log lines: one valid JSON object each, whatever the text; bounded; whole under threads. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/auto.h"
#include "json/read.h"
#include "log/log.h"

enum { THREADS = 4, LINES_EACH = 500 };

static int pipe_fds[2];

static int open_pipe(void **state)
{
    (void)state;
    if (pipe2(pipe_fds, O_NONBLOCK) != 0)
        return -1;
    log_open("test", LOG_DEBUG);
    log_set_fd(pipe_fds[1]);
    return 0;
}

static int close_pipe(void **state)
{
    (void)state;
    log_set_fd(STDERR_FILENO);
    log_open("test", LOG_ERROR);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    return 0;
}

/* The lines written so far, as one text. */
static size_t take(char *text, size_t size)
{
    ssize_t got = read(pipe_fds[0], text, size - 1);
    size_t length = got > 0 ? (size_t)got : 0;
    text[length] = '\0';
    return length;
}

static cJSON *take_line(void)
{
    char text[2 * LOG_LINE_MAX];
    struct err err;
    cJSON *root = NULL;
    size_t length = take(text, sizeof(text));
    assert_true(length > 0 && length <= LOG_LINE_MAX);
    assert_int_equal(text[length - 1], '\n');
    assert_null(memchr(text, '\n', length - 1));
    assert_true(json_read(text, length - 1, &root, &err));
    return root;
}

static void log_write__fields__are_one_object(void **state)
{
    struct err err;
    int64_t number;
    (void)state;
    err_set(&err, ERR_TIMEOUT, "late");
    log_warning("market loaded", LOG_STR("market", "btcusd"), LOG_U64("orders", UINT64_MAX / 2),
                LOG_I64("delta", -5), LOG_STR("none", NULL), LOG_ERR(&err));
    cJSON *line = take_line();
    assert_string_equal(json_member_text(line, "level"), "warning");
    assert_string_equal(json_member_text(line, "service"), "test");
    assert_string_equal(json_member_text(line, "message"), "market loaded");
    assert_string_equal(json_member_text(line, "market"), "btcusd");
    assert_string_equal(json_member_text(line, "code"), "TIMEOUT");
    assert_string_equal(json_member_text(line, "error"), "late");
    assert_true(cJSON_IsNull(json_member(line, "none")));
    assert_true(json_member_i64(line, "delta", &number));
    assert_int_equal(number, -5);
    const char *time = json_member_text(line, "time");
    assert_int_equal(strlen(time), strlen("2026-11-20T14:03:00.123456Z"));
    assert_int_equal(time[26], 'Z');
    cJSON_Delete(line);
}

static void log_write__no_fields__is_fine(void **state)
{
    (void)state;
    log_info("hello");
    cJSON *line = take_line();
    assert_string_equal(json_member_text(line, "message"), "hello");
    cJSON_Delete(line);
}

static void log_write__text_from_outside__forges_no_line(void **state)
{
    char text[1024];
    (void)state;
    log_info("x", LOG_STR("text", "a\n{\"level\":\"error\"}\r\x1b[31m\"\\\x7f\xc2\x9b"));
    assert_true(take(text, sizeof(text)) > 0);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    assert_null(strpbrk(text, "\r\x1b\x7f"));
    assert_null(strstr(text, "\xc2\x9b"));
    assert_non_null(strstr(text, "a\\u000a{\\\"level\\\""));
    log_info("x", LOG_STR("text", "\xe0\x80 \xff \xc3\xa9"));
    take(text, sizeof(text));
    assert_non_null(strstr(text, "\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd \xc3\xa9"));
}

static void log_write__long_text__is_cut_to_a_valid_line(void **state)
{
    static char text[3 * LOG_LINE_MAX];
    (void)state;
    for (size_t length = LOG_LINE_MAX - 300; length < LOG_LINE_MAX + 50; length++) {
        memset(text, 'x', length);
        text[length] = '\0';
        log_info("m", LOG_STR("a", text), LOG_STR("b", "behind"), LOG_I64("n", 1234567));
        cJSON *line = take_line();
        bool whole = json_member(line, "b") && json_member(line, "n") &&
                     strlen(json_member_text(line, "a")) == length;
        bool marked = cJSON_IsTrue(json_member(line, "cut"));
        assert_true(whole != marked || (marked && !whole));
        cJSON_Delete(line);
    }
    memset(text, '\x01', sizeof(text) - 1);
    log_info(text, LOG_STR("a", text));
    cJSON_Delete(take_line());
}

static void log_write__below_the_level__is_silent(void **state)
{
    char text[64];
    (void)state;
    log_open("test", LOG_WARNING);
    log_debug("x");
    log_info("x");
    assert_int_equal(take(text, sizeof(text)), 0);
    log_error("x");
    assert_true(take(text, sizeof(text)) > 0);
}

static void log_level_parse__names__are_exact(void **state)
{
    enum log_level level = LOG_ERROR;
    (void)state;
    assert_true(log_level_parse("debug", &level));
    assert_int_equal(level, LOG_DEBUG);
    assert_true(log_level_parse("warning", &level));
    assert_int_equal(level, LOG_WARNING);
    assert_false(log_level_parse("Info", &level));
    assert_false(log_level_parse("", &level));
    assert_int_equal(level, LOG_WARNING);
}

static void *write_lines(void *user)
{
    (void)user;
    for (int i = 0; i < LINES_EACH; i++)
        log_info("thread", LOG_I64("i", i), LOG_STR("text", "some text that makes it longer"));
    return NULL;
}

static void log_write__threads__never_mix_lines(void **state)
{
    char path[] = "/tmp/test_log_XXXXXX", *text, *line, *rest;
    pthread_t threads[THREADS];
    struct err err;
    int count = 0, fd = mkstemp(path);
    (void)state;
    assert_true(fd >= 0);
    unlink(path);
    log_set_fd(fd);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    off_t size = lseek(fd, 0, SEEK_END);
    text = calloc(1, (size_t)size + 1);
    assert_non_null(text);
    assert_int_equal(pread(fd, text, (size_t)size, 0), size);
    for (rest = text; (line = strsep(&rest, "\n")) && *line; count++)
        assert_true(json_check(line, strlen(line), &err));
    assert_int_equal(count, THREADS * LINES_EACH);
    free(text);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(log_write__fields__are_one_object, open_pipe, close_pipe),
        cmocka_unit_test_setup_teardown(log_write__no_fields__is_fine, open_pipe, close_pipe),
        cmocka_unit_test_setup_teardown(log_write__text_from_outside__forges_no_line, open_pipe,
                                        close_pipe),
        cmocka_unit_test_setup_teardown(log_write__long_text__is_cut_to_a_valid_line, open_pipe,
                                        close_pipe),
        cmocka_unit_test_setup_teardown(log_write__below_the_level__is_silent, open_pipe,
                                        close_pipe),
        cmocka_unit_test(log_level_parse__names__are_exact),
        cmocka_unit_test_setup_teardown(log_write__threads__never_mix_lines, open_pipe, close_pipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
