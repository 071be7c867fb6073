#include "service/flags.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { FLAGS_MAX = 32, HINT_PREFIX_MIN = 4 };

/* In the order of enum flag_action; FLAG_SERVE has no name. */
static const struct service_flag common[] = {
    {.name = NULL},
    {.name = "--help", .doc = "Print this text."},
    {.name = "--version", .doc = "Print name and version."},
    {.name = "--check-config", .doc = "Read the configuration, list all its mistakes, end."},
    {.name = "--print-config", .doc = "Print every setting as a Markdown table."},
    {.name = "--print-metrics", .doc = "Print every metric as a Markdown table."},
};

static size_t options_make(const struct service_spec *spec, struct option options[FLAGS_MAX + 1])
{
    size_t count = 0;
    for (size_t i = FLAG_HELP; i < ARRAY_LEN(common); i++)
        options[count++] = (struct option){common[i].name + 2, no_argument, NULL, (int)i};
    for (const struct service_flag *flag = spec->flags; flag && flag->name; flag++) {
        assert(strncmp(flag->name, "--", 2) == 0);
        assert(count < FLAGS_MAX);
        int argument = flag->argument ? required_argument : no_argument;
        options[count++] =
            (struct option){flag->name + 2, argument, NULL, FLAG_OWN + (int)(flag - spec->flags)};
    }
    options[count] = (struct option){.name = NULL};
    return count;
}

/* The flag that begins like the unknown one; a typing error is mostly near the end. */
static const char *hint_find(const struct option *options, const char *given)
{
    const char *best = NULL;
    size_t best_length = HINT_PREFIX_MIN - 1;
    if (strncmp(given, "--", 2) != 0)
        return NULL;
    for (const struct option *option = options; option->name; option++) {
        size_t length = 0;
        while (option->name[length] && option->name[length] == given[2 + length])
            length++;
        if (length > best_length || (length == 0 && !best && strlen(given) < HINT_PREFIX_MIN)) {
            best = option->name;
            best_length = length;
        }
    }
    return best;
}

static bool complain(const struct service_spec *spec, struct str *problem, const char *what,
                     const char *given, const char *hint)
{
    str_add_format(problem, "bourse-%s: %s %.100s", spec->name, what, given);
    if (hint)
        str_add_format(problem, "; did you mean --%s?", hint);
    str_add_format(problem, "\nbourse-%s --help lists the flags.\n", spec->name);
    return false;
}

bool flags_parse(const struct service_spec *spec, int argc, char **argv,
                 struct flag_choice *ret_choice, struct str *problem)
{
    struct option options[FLAGS_MAX + 1];
    struct flag_choice choice = {.action = FLAG_SERVE};
    options_make(spec, options);
    opterr = 0; /* we say it ourselves */
    optind = 0; /* start anew: tests parse more than once */
    for (;;) {
        int before = optind > 0 ? optind : 1;
        int found = getopt_long(argc, argv, ":", options, NULL);
        if (found == -1)
            break;
        const char *given = argv[before];
        if (found == ':')
            return complain(spec, problem, "an argument is missing behind", given, NULL);
        if (found == '?')
            return complain(spec, problem, "unknown flag", given, hint_find(options, given));
        if (choice.action != FLAG_SERVE)
            return complain(spec, problem, "one flag at a time; there is also", given, NULL);
        if (found >= FLAG_OWN)
            choice = (struct flag_choice){FLAG_OWN, &spec->flags[found - FLAG_OWN], optarg};
        else
            choice.action = (enum flag_action)found;
    }
    if (optind < argc)
        return complain(spec, problem, "unexpected argument", argv[optind], NULL);
    *ret_choice = choice;
    return true;
}

static void print_flag(const struct service_flag *flag, struct str *out)
{
    char left[64];
    snprintf(left, sizeof(left), "%s%s%s", flag->name, flag->argument ? " " : "",
             flag->argument ? flag->argument : "");
    str_add_format(out, "  %-24s %s\n", left, flag->doc ? flag->doc : "");
}

void flags_print_help(const struct service_spec *spec, struct str *out)
{
    str_add_format(out, "Usage: bourse-%s [FLAG]\n\n%s\n\n", spec->name, spec->summary);
    str_add(out, "Without a flag it serves until SIGTERM or SIGINT. Its settings are environment\n"
                 "variables; --print-config lists them.\n\n");
    for (const struct service_flag *flag = spec->flags; flag && flag->name; flag++)
        print_flag(flag, out);
    for (size_t i = FLAG_HELP; i < ARRAY_LEN(common); i++)
        print_flag(&common[i], out);
    str_add_format(out,
                   "\nExit status: 0 ended in order, 1 failed, %d wrong command line, %d wrong "
                   "configuration.\n",
                   EXIT_USAGE, EXIT_CONFIG);
}
