#include "accounting/domain/conversion.h"

#include <string.h>

/* Reads a currency id up to one of the characters `ends`; moves *at onto that character. */
static bool take_id(const char **at, const char *ends, char ret_id[static CURRENCY_ID_SIZE])
{
    size_t length = strcspn(*at, "/:,;_");
    if (length == 0 || length >= CURRENCY_ID_SIZE || !strchr(ends, (*at)[length]))
        return false;
    memcpy(ret_id, *at, length);
    ret_id[length] = '\0';
    *at += length;
    return true;
}

/* "a/b", then one of the characters `ends` or, where they allow it, the end of the text. */
static bool take_pair(const char **at, const char *ends, char ret_first[static CURRENCY_ID_SIZE],
                      char ret_second[static CURRENCY_ID_SIZE])
{
    if (!take_id(at, "/", ret_first) || **at != '/')
        return false;
    ++*at;
    return take_id(at, ends, ret_second);
}

static bool take_path(const char **at, struct conversion_path *path)
{
    memset(path, 0, sizeof(*path));
    if (!take_pair(at, ":", path->from, path->to) || **at != ':')
        return false;
    do {
        if (path->steps_count == CONVERSION_STEPS_MAX)
            return false;
        struct conversion_step *step = &path->steps[path->steps_count++];
        ++*at; /* past the colon or comma */
        step->divides = **at == '_';
        *at += step->divides;
        if (!take_pair(at, ",;", step->base, step->quote)) /* strchr finds the end of text too */
            return false;
    } while (**at == ',');
    return true;
}

bool conversion_paths_parse(const char *text, struct conversion_paths *ret_paths, struct err *err)
{
    const char *at = text;
    size_t count = 0;
    while (*at) {
        const char *begin = at;
        if (count == CONVERSION_PATHS_MAX)
            return err_set(err, ERR_CONFIG, "CONVERSION_PATHS has more than %d paths",
                           CONVERSION_PATHS_MAX);
        if (!take_path(&at, &ret_paths->paths[count]))
            return err_set(err, ERR_CONFIG,
                           "CONVERSION_PATHS is no list like eur/usd:eur/usdt,_usd/usdt;... "
                           "(at most %d steps) from here on: %.40s",
                           CONVERSION_STEPS_MAX, begin);
        count++;
        at += *at == ';';
    }
    ret_paths->count = count;
    return true;
}

const struct conversion_path *conversion_find(const struct conversion_paths *paths,
                                              const char *from, const char *to)
{
    for (size_t i = 0; i < paths->count; i++)
        if (strcmp(paths->paths[i].from, from) == 0 && strcmp(paths->paths[i].to, to) == 0)
            return &paths->paths[i];
    return NULL;
}

bool conversion_apply(const struct conversion_step *step, struct dec price, struct dec *amount)
{
    if (dec_is_zero(price))
        return false;
    return step->divides ? dec_div(*amount, price, DEC_DOWN, amount)
                         : dec_mul(*amount, price, DEC_DOWN, amount);
}
