#include "auth/domain/label.h"

#include <ctype.h>
#include <string.h>

const char *label_scope_name(enum label_scope scope)
{
    return scope == LABEL_PRIVATE ? "private" : "public";
}

bool label_scope_parse(const char *name, enum label_scope *ret_scope)
{
    if (strcmp(name, "public") == 0)
        *ret_scope = LABEL_PUBLIC;
    else if (strcmp(name, "private") == 0)
        *ret_scope = LABEL_PRIVATE;
    else
        return false;
    return true;
}

bool label_normalise(const char *text, char ret_text[static LABEL_TEXT_SIZE])
{
    char buffer[LABEL_TEXT_SIZE];
    size_t length = 0;
    bool blank = false;
    for (; *text; text++) {
        if (isspace((unsigned char)*text)) {
            blank = length > 0;
            continue;
        }
        if (length + (blank ? 1 : 0) >= LABEL_CHARS_MAX)
            return false;
        if (blank)
            buffer[length++] = ' ';
        blank = false;
        buffer[length++] = (char)tolower((unsigned char)*text);
    }
    buffer[length] = '\0';
    memcpy(ret_text, buffer, length + 1);
    return true;
}

size_t label_mistakes(const char *text, const char *ret_words[static LABEL_MISTAKES_MAX])
{
    size_t length = strlen(text), count = 0;
    if (length < LABEL_CHARS_MIN)
        ret_words[count++] = "too_short";
    if (length > LABEL_CHARS_MAX)
        ret_words[count++] = "too_long";
    if (length == 0 || text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-")] != '\0')
        ret_words[count++] = "invalid";
    return count;
}

/* `value` NULL: any. */
static bool has_private(const struct label *labels, size_t count, const char *key,
                        const char *value)
{
    for (size_t i = 0; i < count; i++)
        if (labels[i].scope == LABEL_PRIVATE && strcmp(labels[i].key, key) == 0 &&
            (!value || strcmp(labels[i].value, value) == 0))
            return true;
    return false;
}

int32_t label_level(const struct level *levels, size_t levels_count, const struct label *labels,
                    size_t labels_count)
{
    int32_t reached = 0;
    for (size_t i = 0; i < levels_count; i++) {
        if (!has_private(labels, labels_count, levels[i].key, levels[i].value))
            break;
        reached = levels[i].id;
    }
    return reached;
}

const char *label_state(const struct label_rules *rules, const struct label *labels, size_t count)
{
    const char *state = "active";
    for (size_t i = 0; i < rules->activation_count; i++)
        if (!has_private(labels, count, rules->activation[i].key, rules->activation[i].value))
            state = "pending";
    for (size_t i = 0; i < rules->triggers_count; i++)
        if (has_private(labels, count, rules->triggers[i].key, NULL))
            state = rules->triggers[i].state;
    return state;
}
