/* The request target is decoded here, once. Authorisation and routing see the same path, and what
 * a proxy in front of us could have understood differently is refused. */
#include <string.h>

#include "base/utf8.h"
#include "http/private.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool percent_decode(char *text, bool plus_is_blank, size_t *ret_length)
{
    char *to = text;
    for (const char *from = text; *from; from++, to++) {
        *to = plus_is_blank && *from == '+' ? ' ' : *from;
        if (*from != '%')
            continue;
        int high = hex_value(from[1]), low = high < 0 ? -1 : hex_value(from[2]);
        if (low < 0 || (high == 0 && low == 0))
            return false;
        *to = (char)(high << 4 | low);
        from += 2;
    }
    *to = '\0';
    *ret_length = (size_t)(to - text);
    return utf8_is_valid(text, *ret_length);
}

/* An encoded slash is a slash for some and a letter for others. */
static bool has_encoded_slash(const char *text)
{
    for (const char *at = strstr(text, "%2"); at; at = strstr(at + 1, "%2"))
        if (at[2] == 'f' || at[2] == 'F')
            return true;
    return false;
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

static bool is_dots(const char *segment)
{
    return strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0;
}

static bool split(char *text, struct target *target)
{
    char *segment;
    text++;
    if (*text == '\0')
        return true;
    while ((segment = strsep(&text, "/"))) {
        if (is_dots(segment))
            return false;
        if (target->segments_count < SEGMENTS_MAX)
            target->segments[target->segments_count] = segment;
        target->segments_count++;
    }
    return true;
}

bool target_parse(char *raw, struct arena *arena, struct target *ret_target, struct err *err)
{
    struct target target = {.query = ""};
    size_t length;

    char *question = strchr(raw, '?');
    if (question) {
        *question = '\0';
        target.query = question + 1;
    }
    if (raw[0] != '/')
        return err_set(err, ERR_REQUEST_INVALID, "the target is no path");
    /* Blanks and controls may come encoded (in a query), never as they are. */
    if (strpbrk(raw, "# ") || strpbrk(target.query, "# ") || has_control(target.query))
        return err_set(err, ERR_REQUEST_INVALID, "the target has a bad character");
    if (has_encoded_slash(raw) || !percent_decode(raw, false, &length) || has_control(raw) ||
        strchr(raw, '\\'))
        return err_set(err, ERR_REQUEST_INVALID, "the path has a bad character");
    /* "/x/" is "/x"; "//" is nothing that we know. */
    if (length > 1 && raw[length - 1] == '/' && raw[length - 2] != '/')
        raw[--length] = '\0';
    char *copy = arena_strndup(arena, raw, length);
    if (!copy)
        return err_set(err, ERR_BUSY, "no memory for the path");
    if (!split(copy, &target))
        return err_set(err, ERR_REQUEST_INVALID, "the path has a dot segment");
    target.path = raw;
    *ret_target = target;
    return true;
}
