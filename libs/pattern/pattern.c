#include "pattern/pattern.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { STEPS_MAX = 100000, DEPTH_MAX = 1000, MESSAGE_SIZE = 128 };

struct pattern {
    pcre2_code *code;
};

bool pattern_new(const char *text, struct pattern **ret_pattern, struct err *err)
{
    int number;
    PCRE2_SIZE offset;
    struct pattern *pattern = calloc(1, sizeof(*pattern));
    if (!pattern)
        return err_set(err, ERR_INTERNAL, "no memory for a pattern");
    pattern->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                                  PCRE2_UTF | PCRE2_MULTILINE, &number, &offset, NULL);
    if (!pattern->code) {
        PCRE2_UCHAR message[MESSAGE_SIZE] = "";
        pcre2_get_error_message(number, message, sizeof(message));
        free(pattern);
        return err_set(err, ERR_CONFIG, "at character %zu: %s", (size_t)offset,
                       (const char *)message);
    }
    *ret_pattern = pattern;
    return true;
}

void pattern_free(struct pattern *pattern)
{
    if (!pattern)
        return;
    pcre2_code_free(pattern->code);
    free(pattern);
}

bool pattern_matches(const struct pattern *pattern, const char *text)
{
    bool matches = false;
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    if (data && context) {
        pcre2_set_match_limit(context, STEPS_MAX);
        pcre2_set_depth_limit(context, DEPTH_MAX);
        matches =
            pcre2_match(pattern->code, (PCRE2_SPTR)text, strlen(text), 0, 0, data, context) >= 0;
    }
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
    return matches;
}
