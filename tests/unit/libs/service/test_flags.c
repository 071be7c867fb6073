/* The command line: what is taken, what is refused, and what the refusal suggests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/auto.h"
#include "service/flags.h"

enum { ARGUMENTS_MAX = 8 };

static const struct service_flag own[] = {
    {.name = "--migrate", .doc = "Bring the schema up to date."},
    {.name = "--seed", .argument = "DIR", .doc = "Import the seeds."},
    {.name = NULL},
};
static const struct service_spec spec = {.name = "test", .summary = "Tests.", .flags = own};
static const struct service_spec bare = {.name = "bare", .summary = "Has no flags."};

static bool parse(const struct service_spec *of, const char *const *arguments,
                  struct flag_choice *ret_choice, struct str *problem)
{
    char texts[ARGUMENTS_MAX][64], *argv[ARGUMENTS_MAX + 1] = {NULL};
    int argc = 0;
    str_clear(problem);
    for (; arguments[argc]; argc++) {
        snprintf(texts[argc], sizeof(texts[argc]), "%s", arguments[argc]);
        argv[argc] = texts[argc];
    }
    bool good = flags_parse(of, argc, argv, ret_choice, problem);
    if (good && ret_choice->argument)
        ret_choice->argument = NULL; /* points into our stack */
    return good;
}

static void flags_parse__each_flag__is_its_action(void **state)
{
    static const struct {
        const char *flag;
        enum flag_action action;
    } rows[] = {
        {"--help", FLAG_HELP},
        {"--version", FLAG_VERSION},
        {"--check-config", FLAG_CHECK_CONFIG},
        {"--print-config", FLAG_PRINT_CONFIG},
        {"--print-metrics", FLAG_PRINT_METRICS},
        {"--migrate", FLAG_OWN},
        {"--seed=dir", FLAG_OWN},
    };
    AUTO(str_release) struct str problem = STR_INIT(1024);
    struct flag_choice choice;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *const arguments[] = {"bourse-test", rows[i].flag, NULL};
        assert_true(parse(&spec, arguments, &choice, &problem));
        assert_int_equal(choice.action, rows[i].action);
    }
    assert_ptr_equal(choice.own, &own[1]);
    const char *const none[] = {"bourse-test", NULL};
    assert_true(parse(&spec, none, &choice, &problem));
    assert_int_equal(choice.action, FLAG_SERVE);
    assert_true(parse(&bare, none, &choice, &problem));
}

static void flags_parse__argument__is_handed_over(void **state)
{
    AUTO(str_release) struct str problem = STR_INIT(1024);
    char name[] = "bourse-test", flag[] = "--seed", argument[] = "deploy/seed";
    char *argv[] = {name, flag, argument, NULL};
    struct flag_choice choice;
    (void)state;
    assert_true(flags_parse(&spec, 3, argv, &choice, &problem));
    assert_int_equal(choice.action, FLAG_OWN);
    assert_string_equal(choice.argument, "deploy/seed");
}

static void flags_parse__mistakes__say_what_and_suggest(void **state)
{
    static const struct {
        const char *arguments[4];
        const char *expected;
    } rows[] = {
        {{"t", "--migrat3"}, "unknown flag --migrat3; did you mean --migrate?"},
        {{"t", "--print-confg"}, "did you mean --print-config?"},
        {{"t", "--nonsense"}, "unknown flag --nonsense\n"},
        {{"t", "-x"}, "unknown flag -x\n"},
        {{"t", "--seed"}, "an argument is missing behind --seed"},
        {{"t", "serve"}, "unexpected argument serve"},
        {{"t", "--help", "serve"}, "unexpected argument serve"},
        {{"t", "--help", "--version"}, "one flag at a time; there is also --version"},
        {{"t", "--help=yes"}, "unknown flag --help=yes"},
        {{"t", "--"}, NULL},
    };
    AUTO(str_release) struct str problem = STR_INIT(1024);
    struct flag_choice choice;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bool good = parse(&spec, rows[i].arguments, &choice, &problem);
        assert_int_equal(good, rows[i].expected == NULL);
        if (rows[i].expected && !strstr(problem.data, rows[i].expected))
            fail_msg("\"%s\" does not say \"%s\"", problem.data, rows[i].expected);
        if (!good)
            assert_non_null(strstr(problem.data, "bourse-test --help lists the flags."));
    }
}

static void flags_print_help__text__has_every_flag(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(8192);
    (void)state;
    flags_print_help(&spec, &out);
    static const char *const flags[] = {"--help",         "--version",       "--check-config",
                                        "--print-config", "--print-metrics", "--migrate ",
                                        "--seed DIR ",    "Tests."};
    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        assert_non_null(strstr(out.data, flags[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_parse__each_flag__is_its_action),
        cmocka_unit_test(flags_parse__argument__is_handed_over),
        cmocka_unit_test(flags_parse__mistakes__say_what_and_suggest),
        cmocka_unit_test(flags_print_help__text__has_every_flag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
