/* Holes, sections, escaping, and what is refused. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#include "base/auto.h"
#include "json/read.h"
#include "template/template.h"

static bool fill(const char *text, enum template_escape escape, const char *values, struct str *out,
                 struct err *err)
{
    struct template *template;
    cJSON *root;
    if (!template_parse(text, strlen(text), &template, err))
        return false;
    assert_true(json_read(values, strlen(values), &root, err));
    bool good = template_fill(template, escape, root, out, err);
    cJSON_Delete(root);
    template_free(template);
    return good;
}

static void expect(const char *text, const char *values, const char *wanted)
{
    AUTO(str_release) struct str out = STR_INIT(4096);
    struct err err;
    if (!fill(text, TEMPLATE_HTML, values, &out, &err))
        fail_msg("%s", err.what);
    assert_string_equal(str_data(&out), wanted);
}

static void fill__values__are_put_in_and_escaped(void **state)
{
    (void)state;
    expect("Hi {{ name }}!", "{\"name\":\"<b a='1' c=\\\"2\\\">&\"}",
           "Hi &lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;!");
    expect("{{{page}}}", "{\"page\":\"<b>\"}", "<b>");
    expect("{{a.b.c}} {{n}} {{t}}", "{\"a\":{\"b\":{\"c\":\"x\"}},\"n\":12.50,\"t\":true}",
           "x 12.50 true");
    expect("[{{none}}]", "{\"none\":null}", "[]");
    expect("{{! a remark }}x", "{}", "x");
    expect("a { b } {c}", "{}", "a { b } {c}");
}

static void fill__text__is_not_escaped(void **state)
{
    (void)state;
    AUTO(str_release) struct str out = STR_INIT(4096);
    struct err err;
    assert_true(fill("{{a}}", TEMPLATE_TEXT, "{\"a\":\"x & y\"}", &out, &err));
    assert_string_equal(str_data(&out), "x & y");
}

static void fill__sections__repeat_and_choose(void **state)
{
    (void)state;
    expect("{{#l}}({{x}}{{y}}){{/l}}", "{\"y\":\"!\",\"l\":[{\"x\":\"1\"},{\"x\":\"2\"}]}",
           "(1!)(2!)");
    expect("{{#l}}{{.}},{{/l}}", "{\"l\":[\"a\",\"b\"]}", "a,b,");
    expect("{{#u}}{{name}}{{/u}}{{^u}}nobody{{/u}}", "{\"u\":{\"name\":\"n\"}}", "n");
    expect("{{#u}}{{name}}{{/u}}{{^u}}nobody{{/u}}", "{}", "nobody");
    expect("{{^l}}none{{/l}}", "{\"l\":[]}", "none");
    expect("{{#f}}yes{{/f}}{{^f}}no{{/f}}", "{\"f\":false}", "no");
    expect("{{#a}}{{#b}}{{c}}{{/b}}{{/a}}", "{\"a\":true,\"b\":true,\"c\":\"deep\"}", "deep");
}

static void fill__a_tag_alone_on_its_line__leaves_no_line(void **state)
{
    (void)state;
    expect("one\n  {{#a}}\ntwo\n{{/a}}\nthree\n", "{\"a\":true}", "one\ntwo\nthree\n");
    expect("one\n{{#a}}two{{/a}}\n", "{\"a\":true}", "one\ntwo\n");
    expect("{{#a}}\nx\n{{/a}}", "{\"a\":true}", "x\n");
}

static void fill__absent_or_structured_value__is_an_error(void **state)
{
    (void)state;
    AUTO(str_release) struct str out = STR_INIT(4096), small = STR_INIT(4);
    struct err err;
    assert_false(fill("{{who}}", TEMPLATE_HTML, "{}", &out, &err));
    assert_non_null(strstr(err.what, "who is absent"));
    assert_false(fill("{{a}}", TEMPLATE_HTML, "{\"a\":{}}", &out, &err));
    assert_false(fill("{{a.b}}", TEMPLATE_HTML, "{\"a\":\"text\"}", &out, &err));
    assert_false(fill("longer than that", TEMPLATE_HTML, "{}", &small, &err));
}

static void parse__broken_templates__are_refused_with_their_line(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "{{a",          "{{}}",    "{{#a}}", "{{/a}}",
        "{{#a}}{{/b}}", "{{a b}}", "{{{a}}", "{{#a}}{{#b}}{{/a}}{{/b}}"};
    struct err err;
    struct template *template = NULL;
    for (size_t i = 0; i < ARRAY_LEN(broken); i++)
        assert_false(template_parse(broken[i], strlen(broken[i]), &template, &err));
    assert_false(template_parse("\n\n{{", 4, &template, &err));
    assert_non_null(strstr(err.what, "line 3"));
    assert_false(template_open("/nowhere/at/all", &template, &err));
    AUTO(str_release) struct str deep = STR_INIT(4096);
    for (int i = 0; i < TEMPLATE_DEPTH_MAX + 1; i++)
        str_add(&deep, "{{#a}}");
    for (int i = 0; i < TEMPLATE_DEPTH_MAX + 1; i++)
        str_add(&deep, "{{/a}}");
    assert_false(template_parse(deep.data, deep.length, &template, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fill__values__are_put_in_and_escaped),
        cmocka_unit_test(fill__text__is_not_escaped),
        cmocka_unit_test(fill__sections__repeat_and_choose),
        cmocka_unit_test(fill__a_tag_alone_on_its_line__leaves_no_line),
        cmocka_unit_test(fill__absent_or_structured_value__is_an_error),
        cmocka_unit_test(parse__broken_templates__are_refused_with_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
