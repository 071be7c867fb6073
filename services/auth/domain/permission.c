#include "auth/domain/permission.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct permission_set {
    size_t count;
    struct permission rows[]; /* by role, so that a question walks the rows of one role */
};

static const char *const verb_words[] = {"ALL", "GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"};
static const char *const action_words[] = {"DROP", "ACCEPT", "AUDIT"};

static int by_role(const void *a, const void *b)
{
    return strcmp(((const struct permission *)a)->role, ((const struct permission *)b)->role);
}

struct permission_set *permission_set_new(const struct permission *rows, size_t count)
{
    assert(count <= PERMISSIONS_MAX);
    struct permission_set *set = malloc(sizeof(*set) + count * sizeof(set->rows[0]));
    if (!set)
        return NULL;
    set->count = count;
    if (count > 0)
        memcpy(set->rows, rows, count * sizeof(set->rows[0]));
    qsort(set->rows, count, sizeof(set->rows[0]), by_role);
    return set;
}

void permission_set_free(struct permission_set *set)
{
    free(set);
}

/* The first row of the role; `count`: there is none. */
static size_t first_of(const struct permission_set *set, const char *role)
{
    size_t low = 0, high = set->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(set->rows[middle].role, role) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < set->count && strcmp(set->rows[low].role, role) == 0 ? low : set->count;
}

bool permission_set_has_role(const struct permission_set *set, const char *role)
{
    return first_of(set, role) < set->count;
}

static bool matches(const struct permission *row, enum permission_verb verb, const char *path)
{
    return (row->verb == VERB_IS_ALL || row->verb == verb) &&
           strncmp(path, row->path, strlen(row->path)) == 0;
}

struct permission_answer permission_ask(const struct permission_set *set, const char *role,
                                        enum permission_verb verb, const char *path)
{
    struct permission_answer answer = {.topic = ""};
    const char *deciding = "";
    bool dropped = false;
    for (size_t i = first_of(set, role); i < set->count && strcmp(set->rows[i].role, role) == 0;
         i++) {
        const struct permission *row = &set->rows[i];
        if (!matches(row, verb, path))
            continue;
        answer.accepted = answer.accepted || row->action == ACTION_IS_ACCEPT;
        dropped = dropped || row->action == ACTION_IS_DROP;
        if (row->action == ACTION_IS_AUDIT) {
            answer.audited = true;
            if (answer.topic[0] == '\0')
                answer.topic = row->topic;
        }
        if (row->action == ACTION_IS_DROP || deciding[0] == '\0')
            deciding = row->topic;
    }
    answer.accepted = answer.accepted && !dropped;
    if (answer.topic[0] == '\0')
        answer.topic = deciding;
    return answer;
}

static bool word_find(const char *const *words, size_t count, const char *text, unsigned *ret_at)
{
    for (size_t i = 0; text && i < count; i++)
        if (strcasecmp(words[i], text) == 0) {
            *ret_at = (unsigned)i;
            return true;
        }
    return false;
}

bool permission_verb_parse(const char *text, enum permission_verb *ret_verb)
{
    unsigned at;
    if (!word_find(verb_words, ARRAY_LEN(verb_words), text, &at))
        return false;
    *ret_verb = (enum permission_verb)at;
    return true;
}

bool permission_action_parse(const char *text, enum permission_action *ret_action)
{
    unsigned at;
    if (!word_find(action_words, ARRAY_LEN(action_words), text, &at))
        return false;
    *ret_action = (enum permission_action)at;
    return true;
}

enum permission_verb permission_verb_of(const char *method)
{
    enum permission_verb verb;
    /* ALL is a word of the table, and no method. */
    if (!permission_verb_parse(method, &verb) || verb == VERB_IS_ALL)
        return VERB_IS_OTHER;
    return verb;
}
