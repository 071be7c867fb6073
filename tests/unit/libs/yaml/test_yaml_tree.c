/* The configuration tree: its questions, its refusals with file and line, and its limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "yaml/yaml_tree.h"

static struct tree_node *read_text(const char *text)
{
    struct tree_node *root = NULL;
    struct err err;
    if (!tree_read_text("test.yml", text, strlen(text), &root, &err))
        fail_msg("%s", err.what);
    return root;
}

static void assert_refused(const char *text, size_t length, const char *expected)
{
    struct tree_node *root = NULL;
    struct err err = {.code = ERR_NONE};
    if (tree_read_text("test.yml", text, length, &root, &err))
        fail_msg("was taken: %.60s", text);
    assert_null(root);
    assert_int_equal(err.code, ERR_CONFIG);
    if (!strstr(err.what, expected))
        fail_msg("\"%s\" does not say \"%s\"", err.what, expected);
}

static void tree_read__lists_maps_and_texts__keep_order_and_lines(void **state)
{
    (void)state;
    AUTO_FREE(tree_free)
    struct tree_node *root = read_text("# markets\n"
                                       "- id: btcusd\n"
                                       "  min_price: 0.01\n"
                                       "  enabled: yes\n"
                                       "  data: {target: 'a: b', nothing: ~}\n"
                                       "- id: ethusd\n"
                                       "  position: -7\n");
    assert_int_equal(tree_kind(root), TREE_LIST);
    assert_int_equal(tree_count(root), 2);
    const struct tree_node *btc = tree_items(root), *eth = tree_next(btc);
    assert_string_equal(tree_text(tree_member(btc, "id")), "btcusd");
    assert_int_equal(tree_line(tree_member(btc, "data")), 5);
    const struct tree_node *data = tree_member(btc, "data");
    assert_string_equal(tree_text(tree_member(data, "target")), "a: b");
    assert_non_null(tree_member(data, "nothing"));
    assert_int_equal(tree_kind(tree_member(data, "nothing")), TREE_NULL);
    assert_null(tree_member(data, "absent"));
    bool enabled = false;
    int64_t position = 0;
    struct dec price;
    assert_true(tree_bool(tree_member(btc, "enabled"), &enabled));
    assert_true(enabled);
    assert_true(tree_i64(tree_member(eth, "position"), &position));
    assert_int_equal(position, -7);
    assert_true(tree_dec(tree_member(btc, "min_price"), &price));
    assert_true(price.units == DEC_ONE_UNITS / 100);
    assert_false(tree_bool(tree_member(btc, "id"), &enabled));
    assert_false(tree_i64(tree_member(btc, "min_price"), &position));
    assert_null(tree_next(eth));

    const char *const keys[] = {"id", "min_price", "enabled", "data"};
    size_t i = 0;
    TREE_EACH(pair, btc)
    {
        assert_string_equal(tree_key(pair), keys[i]);
        i++;
    }
    assert_int_equal(i, ARRAY_LEN(keys));
    assert_null(tree_key(btc));
}

static void tree_questions__of_nothing__answer_absent(void **state)
{
    bool flag;
    int64_t number;
    struct dec value;
    (void)state;
    assert_int_equal(tree_kind(NULL), TREE_NULL);
    assert_null(tree_member(NULL, "a"));
    assert_null(tree_text(NULL));
    assert_null(tree_items(NULL));
    assert_null(tree_next(NULL));
    assert_null(tree_key(NULL));
    assert_int_equal(tree_count(NULL), 0);
    assert_int_equal(tree_line(NULL), 0);
    assert_false(tree_bool(NULL, &flag));
    assert_false(tree_i64(NULL, &number));
    assert_false(tree_dec(NULL, &value));
    tree_free(NULL);
}

static void tree_read__plain_and_quoted_nulls__differ(void **state)
{
    (void)state;
    AUTO_FREE(tree_free)
    struct tree_node *root = read_text("[~, null, Null, '', \"null\", '~', no, \"\"]");
    static const char *const texts[] = {NULL, NULL, NULL, "", "null", "~", "no", ""};
    size_t i = 0;
    TREE_EACH(item, root)
    {
        if (texts[i])
            assert_string_equal(tree_text(item), texts[i]);
        else
            assert_int_equal(tree_kind(item), TREE_NULL);
        i++;
    }
    assert_int_equal(i, ARRAY_LEN(texts));
}

static void tree_read__empty_document__is_null(void **state)
{
    static const char *const rows[] = {"", "\n\n", "# only a comment\n", "---\n", "--- ~\n...\n"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_FREE(tree_free) struct tree_node *root = read_text(rows[i]);
        assert_int_equal(tree_kind(root), TREE_NULL);
    }
}

static void tree_read__what_is_not_taken__names_file_and_line(void **state)
{
    static const char *const rows[][2] = {
        {"a: 1\nb: 2\na: 3\n", "test.yml:3: the key is there twice"},
        {"a: &x [1]\nb: *x\n", "test.yml:1: anchors"},
        {"a: &x 1\n", "test.yml:1: anchors"},
        {"\n- *x\n", "test.yml:2: aliases"},
        {"a: 1\nb: !ruby/object:X {}\n", "test.yml:2: anchors and tags"},
        {"a: !!int 3\n", "tags"},
        {"<<: *base\n", "test.yml:1: aliases"},
        {"? [a]\n: 1\n", "test.yml:1: a key must be a text"},
        {"? {a: b}\n: 1\n", "a key must be a text"},
        {"'': 1\n", "a key is empty"},
        {"a: 1\n---\nb: 2\n", "test.yml:2: a second document"},
        {"a: \"x\\0y\"\n", "test.yml:1: a NUL"},
        {"\"x\\0y\": 1\n", "a NUL"},
        {"a: 1\n b: 2\n", "test.yml:2: "},
        {"a: [1, 2\n", "test.yml:"},
        {"a:\n\tb: 1\n", "test.yml:2: "},
        {"a: \xff\xfe\n", "test.yml:"},
        {"a: 'open\n", "test.yml:"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_refused(rows[i][0], strlen(rows[i][0]), rows[i][1]);
}

static void tree_read__depth__is_bounded(void **state)
{
    (void)state;
    AUTO(str_release) struct str text = STR_INIT(256);
    for (int i = 0; i < TREE_DEPTH_MAX; i++)
        str_add_char(&text, '[');
    for (int i = 0; i < TREE_DEPTH_MAX; i++)
        str_add_char(&text, ']');
    AUTO_FREE(tree_free) struct tree_node *root = read_text(str_data(&text));
    assert_int_equal(tree_kind(root), TREE_LIST);
    str_clear(&text);
    for (int i = 0; i <= TREE_DEPTH_MAX; i++)
        str_add_char(&text, '[');
    assert_refused(str_data(&text), text.length, "nested too deep");
}

static void tree_read__values_keys_and_bytes__are_bounded(void **state)
{
    (void)state;
    AUTO(str_release) struct str text = STR_INIT(2 * TREE_BYTES_MAX);
    str_add_char(&text, '[');
    for (int i = 0; i < TREE_NODES_MAX; i++)
        str_add(&text, "1,");
    str_add_char(&text, ']');
    assert_refused(str_data(&text), text.length, "too many values");
    str_clear(&text);
    for (int i = 0; i <= TREE_KEYS_MAX; i++)
        str_add_format(&text, "k%d: 1\n", i);
    assert_refused(str_data(&text), text.length, "test.yml:4097: too many keys");
    str_clear(&text);
    while (text.length <= TREE_BYTES_MAX)
        str_add(&text, "# comment comment comment comment comment comment comment comment\n");
    assert_refused(str_data(&text), text.length, "above 1048576 bytes");
}

static void tree_read_file__what_is_no_file__names_the_path(void **state)
{
    static const char *const paths[][2] = {
        {"/nonexistent.yml", "No such file"}, {"/tmp", "not a file"}, {"/dev/zero", "not a file"}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct tree_node *root;
        struct err err;
        assert_false(tree_read_file(paths[i][0], &root, &err));
        assert_int_equal(err.code, ERR_CONFIG);
        assert_non_null(strstr(err.what, paths[i][0]));
        assert_non_null(strstr(err.what, paths[i][1]));
    }
}

static void tree_read_file__a_file__is_read_whole(void **state)
{
    char path[] = "/tmp/test_yaml_XXXXXX";
    int file = mkstemp(path);
    (void)state;
    assert_true(file >= 0);
    AUTO(str_release) struct str text = STR_INIT(TREE_BYTES_MAX);
    for (int i = 0; i < 4000; i++)
        str_add_format(&text, "key_%d: value %d\n", i, i);
    assert_int_equal(write(file, text.data, text.length), (ssize_t)text.length);
    close(file);
    AUTO_FREE(tree_free) struct tree_node *root = NULL;
    struct err err;
    bool read = tree_read_file(path, &root, &err);
    unlink(path);
    assert_true(read);
    assert_int_equal(tree_count(root), 4000);
    assert_string_equal(tree_text(tree_member(root, "key_3999")), "value 3999");
    assert_false(tree_fail(tree_member(root, "key_1"), &err, "is %s", "wrong"));
    assert_non_null(strstr(err.what, ":2: is wrong"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree_read__lists_maps_and_texts__keep_order_and_lines),
        cmocka_unit_test(tree_questions__of_nothing__answer_absent),
        cmocka_unit_test(tree_read__plain_and_quoted_nulls__differ),
        cmocka_unit_test(tree_read__empty_document__is_null),
        cmocka_unit_test(tree_read__what_is_not_taken__names_file_and_line),
        cmocka_unit_test(tree_read__depth__is_bounded),
        cmocka_unit_test(tree_read__values_keys_and_bytes__are_bounded),
        cmocka_unit_test(tree_read_file__what_is_no_file__names_the_path),
        cmocka_unit_test(tree_read_file__a_file__is_read_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
