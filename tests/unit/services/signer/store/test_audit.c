/*
 * The audit file: what is written can be read again, a torn end is cut, anything else that was changed is
 * told with its line, and nobody opens it twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/str.h"
#include "json/read.h"
#include "signer/store/audit.h"

enum { NOW_US = 1000000, FILE_BYTES_MAX = 1 << 20 };

struct world {
    char folder[64], path[96];
    unsigned seen; /* lines that were replayed */
    char last[32]; /* event of the last one */
};

static int world_new(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    snprintf(w->folder, sizeof(w->folder), "/tmp/bourse-audit.XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    snprintf(w->path, sizeof(w->path), "%s/audit.jsonl", w->folder);
    *state = w;
    return 0;
}

static int world_free(void **state)
{
    struct world *w = *state;
    unlink(w->path);
    rmdir(w->folder);
    free(w);
    return 0;
}

static bool see(void *context, const struct audit_line *line, struct err *err)
{
    struct world *w = context;
    (void)err;
    assert_int_equal(line->number, w->seen++);
    snprintf(w->last, sizeof(w->last), "%s", json_member_text(line->root, "event"));
    return true;
}

static struct audit *open_audit(struct world *w)
{
    struct audit *audit = NULL;
    struct err err = {.what = ""};
    w->seen = 0;
    if (!audit_open(w->path, NOW_US, see, w, &audit, &err))
        fail_msg("%s", err.what);
    return audit;
}

static void append(struct audit *audit, const char *event)
{
    char members[64];
    uint64_t number;
    struct err err;
    snprintf(members, sizeof(members), "\"event\":\"%s\"", event);
    assert_true(audit_append(audit, NOW_US, members, &number, &err));
    assert_true(audit_sync(audit, number, &err));
}

/* opened, a, b, c */
static void write_three(struct world *w)
{
    AUTO_FREE(audit_close) struct audit *audit = open_audit(w);
    append(audit, "a");
    append(audit, "b");
    append(audit, "c");
}

static void file_read(const struct world *w, struct str *out)
{
    FILE *file = fopen(w->path, "re");
    assert_non_null(file);
    char *room = str_reserve(out, FILE_BYTES_MAX / 2);
    out->length = fread(room, 1, FILE_BYTES_MAX / 2, file);
    room[out->length] = '\0';
    fclose(file);
}

static void file_write(const struct world *w, const char *bytes, size_t length)
{
    FILE *file = fopen(w->path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

static void audit_open__again__replays_every_line(void **state)
{
    struct world *w = *state;
    write_three(w);
    AUTO_FREE(audit_close) struct audit *audit = open_audit(w);
    struct audit_facts facts;
    assert_int_equal(w->seen, 4);
    assert_string_equal(w->last, "c");
    audit_look(audit, &facts);
    assert_int_equal(facts.lines, 4);
    assert_int_equal(strlen(facts.id), 36);
    append(audit, "d");
    assert_true(audit_is_ok(audit));
}

static void audit_open__torn_at_any_byte__keeps_whole_lines(void **state)
{
    struct world *w = *state;
    AUTO(str_release) struct str whole = STR_INIT(FILE_BYTES_MAX);
    write_three(w);
    file_read(w, &whole);
    for (size_t cut = 0; cut <= whole.length; cut++) {
        unsigned lines = 0;
        for (size_t i = 0; i < cut; i++)
            lines += whole.data[i] == '\n';
        file_write(w, whole.data, cut);
        struct audit *audit = open_audit(w);
        assert_int_equal(w->seen, lines);
        append(audit, "after");
        audit_close(audit);
        audit = open_audit(w);
        assert_int_equal(w->seen, (lines ? lines : 1) + 1);
        assert_string_equal(w->last, "after");
        audit_close(audit);
    }
}

static void audit_open__any_bit_changed_inside__is_refused(void **state)
{
    struct world *w = *state;
    AUTO(str_release) struct str whole = STR_INIT(FILE_BYTES_MAX);
    write_three(w);
    file_read(w, &whole);
    /* The last line is covered by the next one; until then its head in the logs has to do. */
    size_t last_line = whole.length - 1;
    while (whole.data[last_line - 1] != '\n')
        last_line--;
    for (size_t at = 0; at < last_line; at++) {
        struct audit *audit = NULL;
        struct err err = {.what = ""};
        w->seen = 0;
        whole.data[at] = (char)(whole.data[at] ^ 1);
        file_write(w, whole.data, whole.length);
        assert_false(audit_open(w->path, NOW_US, NULL, NULL, &audit, &err));
        assert_int_equal(err.code, ERR_CONFIG);
        assert_non_null(strstr(err.what, "line "));
        whole.data[at] = (char)(whole.data[at] ^ 1);
    }
}

static void audit_open__a_line_taken_out__is_refused(void **state)
{
    struct world *w = *state;
    AUTO(str_release) struct str whole = STR_INIT(FILE_BYTES_MAX);
    write_three(w);
    file_read(w, &whole);
    char *first = strchr(whole.data, '\n') + 1, *second = strchr(first, '\n') + 1;
    memmove(first, second, strlen(second) + 1);
    file_write(w, whole.data, strlen(whole.data));
    struct audit_facts facts;
    struct err err;
    assert_false(audit_verify(w->path, NULL, NULL, &facts, &err));
    assert_non_null(strstr(err.what, "line 2"));
}

static void audit_open__twice__the_second_is_refused(void **state)
{
    struct world *w = *state;
    AUTO_FREE(audit_close) struct audit *first = open_audit(w);
    assert_non_null(first);
    struct audit *second = NULL;
    struct err err;
    assert_false(audit_open(w->path, NOW_US, NULL, NULL, &second, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    struct audit_facts facts;
    assert_true(audit_verify(w->path, NULL, NULL, &facts, &err)); /* reading is for all */
    assert_int_equal(facts.lines, 1);
}

static void audit_append__clock_went_back__time_stands(void **state)
{
    struct world *w = *state;
    AUTO_FREE(audit_close) struct audit *audit = open_audit(w);
    struct audit_facts facts;
    uint64_t number;
    struct err err;
    assert_true(audit_append(audit, NOW_US + 5, "\"event\":\"x\"", &number, &err));
    assert_true(audit_append(audit, 3, "\"event\":\"y\"", &number, &err));
    audit_look(audit, &facts);
    assert_int_equal(facts.last_us, NOW_US + 5);
    assert_true(audit_verify(w->path, NULL, NULL, &facts, &err));
}

static void audit_file__is_for_its_owner_only(void **state)
{
    struct world *w = *state;
    struct stat status;
    audit_close(open_audit(w));
    assert_int_equal(stat(w->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void *append_many(void *audit)
{
    for (unsigned i = 0; i < 50; i++)
        append(audit, "many");
    return NULL;
}

static void audit_append__many_threads__one_chain(void **state)
{
    struct world *w = *state;
    struct audit *audit = open_audit(w);
    pthread_t threads[4];
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, append_many, audit), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        pthread_join(threads[i], NULL);
    audit_close(audit);
    audit_close(open_audit(w));
    assert_int_equal(w->seen, 1 + 4 * 50);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
    const struct CMUnitTest tests[] = {
        T(audit_open__again__replays_every_line),
        T(audit_open__torn_at_any_byte__keeps_whole_lines),
        T(audit_open__any_bit_changed_inside__is_refused),
        T(audit_open__a_line_taken_out__is_refused),
        T(audit_open__twice__the_second_is_refused),
        T(audit_append__clock_went_back__time_stands),
        T(audit_file__is_for_its_owner_only),
        T(audit_append__many_threads__one_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
