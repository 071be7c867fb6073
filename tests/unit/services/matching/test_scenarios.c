/*
 * Runs every file of tests/scenarios/matching against the engine; each is one test. With
 * SCENARIO_RECORD=DIR it also writes what went in and came out as documents of the protocol, which
 * is how tests/conformance/vectors/ was made.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glob.h>

#include "base/auto.h"
#include "matching/engine/book.h"
#include "tests/unit/services/matching/scenario.h"

enum { FILES_MAX = 200, ORDERS_MAX = 64, NAME_SIZE = 128 };

struct scenario {
    const char *path;
    int line, command_line;
    struct book *book;
    struct command command; /* the last one */
    struct str got, got_levels, expected;
    bool is_open; /* a command waits for its outcomes to be compared */
    FILE *documents_in, *documents_out;
    bool is_recordable; /* all commands follow the protocol's own rules */
};

/* ---- recording ---- */

enum { PATH_SIZE = 1024 };

static void record_path(const struct scenario *scenario, const char *suffix, char path[PATH_SIZE])
{
    const char *name = strrchr(scenario->path, '/') + 1;
    snprintf(path, PATH_SIZE, "%s/%.*s.%s", getenv("SCENARIO_RECORD"), (int)strcspn(name, "."),
             name, suffix);
}

static FILE *record_open(const struct scenario *scenario, const char *suffix)
{
    char path[PATH_SIZE];
    if (!getenv("SCENARIO_RECORD"))
        return NULL;
    record_path(scenario, suffix, path);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    return file;
}

/* A worker refuses batches with commands that break the rules: these make no vector. */
static void record_close(struct scenario *scenario)
{
    static const char *const suffixes[] = {"in", "out"};
    char path[PATH_SIZE];
    if (!scenario->documents_in)
        return;
    fclose(scenario->documents_in);
    fclose(scenario->documents_out);
    for (size_t i = 0; i < ARRAY_LEN(suffixes) && !scenario->is_recordable; i++) {
        record_path(scenario, suffixes[i], path);
        remove(path);
    }
}

/* A document with its length in front, as `bourse-matching --stdio` speaks. */
static void record(FILE *file, const struct str *document)
{
    if (!file)
        return;
    uint32_t length = (uint32_t)document->length;
    fwrite(&length, sizeof(length), 1, file);
    fwrite(document->data, 1, document->length, file);
}

static void record_snapshot(struct scenario *scenario)
{
    AUTO(str_release) struct str document = STR_INIT(1 << 20);
    book_snapshot(scenario->book, "btcusd", &document);
    record(scenario->documents_in, &document);
}

/* ---- running ---- */

static void apply(struct scenario *scenario)
{
    AUTO(str_release) struct str in = STR_INIT(1 << 20);
    AUTO(str_release) struct str out = STR_INIT(PROTOCOL_BATCH_BYTES_MAX);
    struct command *command = &scenario->command;
    struct batch batch;
    struct result result;
    struct err err;
    command->seq = book_seq(scenario->book) + 1;
    scenario->is_recordable &= command_check(command, &err);
    command_batch_write(&in, "btcusd", command, 1);
    result_batch_begin(&out, "btcusd", command->seq);
    assert_true(book_apply(scenario->book, command, &out));
    result_batch_end(&out, 1, book_state_hash(scenario->book));
    book_check(scenario->book);
    record(scenario->documents_in, &in);
    record(scenario->documents_out, &out);

    if (!result_batch_read(out.data, out.length, &batch, &err))
        fail_msg("%s:%d: %s", scenario->path, scenario->line, err.what);
    size_t offset = 0;
    assert_true(result_next(&batch, &offset, &result));
    str_clear(&scenario->got);
    str_clear(&scenario->got_levels);
    for (size_t i = 0; i < result.items; i++) {
        struct result_item item;
        result_item_next(&batch, &offset, &item);
        item_add(&scenario->got_levels, &item);
        if (item.kind != ITEM_LEVEL)
            item_add(&scenario->got, &item);
    }
    if (result.status != RESULT_OK)
        str_add_format(&scenario->got, "%s\n", result_status_name(result.status));
    if (result.more)
        str_add(&scenario->got, "more\n");
}

/* The command before this line had all its outcomes. */
static void finish(struct scenario *scenario)
{
    if (!scenario->is_open)
        return;
    const char *expected = str_data(&scenario->expected);
    bool has_levels = strstr(expected, "level ") != NULL;
    const char *got = str_data(has_levels ? &scenario->got_levels : &scenario->got);
    if (strcmp(expected, got) != 0)
        fail_msg("%s:%d: expected\n%sgot\n%s", scenario->path, scenario->command_line, expected,
                 got);
    scenario->is_open = false;
}

static void level_add(struct str *out, const struct book_level *levels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        str_add(out, i > 0 ? ", " : " ");
        number_add(out, levels[i].amount, AMOUNT_DIGITS);
        str_add(out, " @ ");
        number_add(out, levels[i].price, PRICE_DIGITS);
    }
    if (count == 0)
        str_add(out, " -");
}

/* book asks 0.5 @ 100, 1 @ 101 bids - */
static void assert_book(struct scenario *scenario, struct words *words)
{
    AUTO(str_release) struct str got = STR_INIT(4096);
    AUTO(str_release) struct str expected = STR_INIT(4096);
    struct book_level levels[ORDERS_MAX];
    str_add(&got, "asks");
    level_add(&got, levels, book_depth(scenario->book, SIDE_SELL, levels, ORDERS_MAX));
    str_add(&got, " bids");
    level_add(&got, levels, book_depth(scenario->book, SIDE_BUY, levels, ORDERS_MAX));
    while (!words_are_over(words)) {
        const char *word = words_next(words);
        int64_t number;
        if (expected.length > 0 && word[0] != ',')
            str_add_char(&expected, ' ');
        if (number_parse(word, AMOUNT_DIGITS, &number))
            number_add(&expected, number, AMOUNT_DIGITS);
        else
            str_add(&expected, word);
    }
    if (strcmp(str_data(&expected), str_data(&got)) != 0)
        fail_msg("%s:%d: expected book %s\ngot %s", scenario->path, scenario->line,
                 str_data(&expected), str_data(&got));
}

/* The worker dies; another one starts from a snapshot. */
static void restart(struct scenario *scenario)
{
    AUTO(str_release) struct str snapshot = STR_INIT(1 << 20);
    struct snapshot_header header;
    const uint8_t *orders;
    struct err err;
    uint64_t hash = book_state_hash(scenario->book);
    record_snapshot(scenario);
    book_snapshot(scenario->book, "btcusd", &snapshot);
    book_free(scenario->book);
    scenario->book = book_new(ORDERS_MAX);
    assert_true(snapshot_read(snapshot.data, snapshot.length, &header, &orders, &err));
    assert_true(book_restore(scenario->book, &header, orders, &err));
    assert_true(book_state_hash(scenario->book) == hash);
}

static void run_line(struct scenario *scenario, const char *line)
{
    struct words words;
    bool is_split = words_split(&words, line);
    if (is_split && words.count == 0)
        return;
    if (is_split && strcmp(words.at[0], "->") == 0 && scenario->is_open &&
        outcomes_parse(&words, scenario->command.order_id, &scenario->expected))
        return;
    finish(scenario);
    if (is_split && words_take(&words, "book")) {
        assert_book(scenario, &words);
        return;
    }
    if (is_split && words_take(&words, "restart")) {
        restart(scenario);
        return;
    }
    scenario->command = (struct command){.kind = 0};
    str_clear(&scenario->expected);
    if (!is_split || !command_parse(&words, &scenario->command) ||
        !outcomes_parse(&words, scenario->command.order_id, &scenario->expected))
        fail_msg("%s:%d: can't read this: %s", scenario->path, scenario->line, line);
    apply(scenario);
    scenario->is_open = true;
    scenario->command_line = scenario->line;
}

static void run_file(void **state)
{
    struct scenario scenario = {
        .path = *state,
        .book = book_new(ORDERS_MAX),
        .got = STR_INIT(64 * 1024),
        .got_levels = STR_INIT(64 * 1024),
        .expected = STR_INIT(64 * 1024),
        .is_recordable = true,
    };
    FILE *file = fopen(scenario.path, "r");
    char line[1024];
    assert_non_null(file);
    scenario.documents_in = record_open(&scenario, "in");
    scenario.documents_out = record_open(&scenario, "out");
    record_snapshot(&scenario);
    while (fgets(line, sizeof(line), file)) {
        scenario.line++;
        run_line(&scenario, line);
    }
    finish(&scenario);
    fclose(file);
    record_close(&scenario);
    book_free(scenario.book);
    str_release(&scenario.got);
    str_release(&scenario.got_levels);
    str_release(&scenario.expected);
}

int main(void)
{
    struct CMUnitTest tests[FILES_MAX];
    glob_t files;
    if (glob("tests/scenarios/matching/*.txt", 0, NULL, &files) != 0 ||
        files.gl_pathc > FILES_MAX) {
        fprintf(stderr, "no tests/scenarios/matching/*.txt here: run from the top of the tree\n");
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < files.gl_pathc; i++)
        tests[i] = (struct CMUnitTest){
            .name = strrchr(files.gl_pathv[i], '/') + 1,
            .test_func = run_file,
            .initial_state = files.gl_pathv[i],
        };
    int failed = _cmocka_run_group_tests("scenarios", tests, files.gl_pathc, NULL, NULL);
    globfree(&files);
    return failed;
}
