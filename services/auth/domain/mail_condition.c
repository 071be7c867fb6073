#include "auth/domain/mail_condition.h"

#include <string.h>

#include "base/check.h"

enum { MEMBER_NAME_SIZE = 64 };

const cJSON *mail_member(const cJSON *event, const char *path)
{
    const cJSON *at = event;
    while (at) {
        char name[MEMBER_NAME_SIZE];
        size_t length = strcspn(path, ".");
        if (length == 0 || length >= sizeof(name))
            return NULL;
        memcpy(name, path, length);
        name[length] = '\0';
        at = json_member(at, name);
        if (path[length] == '\0')
            return at;
        path += length + 1;
    }
    return NULL;
}

/* Values are compared as text; a number has the text that it was sent with. */
static bool equals(const cJSON *member, const char *value)
{
    if (!member || cJSON_IsNull(member))
        return value == NULL;
    if (!value)
        return false;
    if (cJSON_IsBool(member))
        return strcmp(value, cJSON_IsTrue(member) ? "true" : "false") == 0;
    if (cJSON_IsString(member) || cJSON_IsNumber(member))
        return member->valuestring && strcmp(value, member->valuestring) == 0;
    return false;
}

static bool equals_one(const struct mail_condition *condition, const cJSON *event)
{
    const cJSON *member = mail_member(event, condition->path);
    for (size_t i = 0; i < condition->values_count; i++)
        if (equals(member, condition->values[i]))
            return true;
    return false;
}

static size_t count_true(const struct mail_condition *condition, const cJSON *event)
{
    size_t count = 0;
    for (size_t i = 0; i < condition->items_count; i++)
        count += mail_condition_holds(&condition->items[i], event);
    return count;
}

/* As deep as the reader of the configuration lets it be. */
bool mail_condition_holds(const struct mail_condition *condition, const cJSON *event)
{
    switch (condition->kind) {
    case MAIL_ALL:
        return count_true(condition, event) == condition->items_count;
    case MAIL_ANY:
        return count_true(condition, event) > 0;
    case MAIL_NOT_ALL:
        return count_true(condition, event) < condition->items_count;
    case MAIL_EQUAL:
        return equals_one(condition, event);
    default:
        UNREACHABLE("the kinds of conditions");
        return false;
    }
}
