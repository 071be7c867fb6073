/* label.h: labels, and what follows from them: the level and the state of a user (reference barong.md
 * §2.1, §2.8). Pure. Only private labels count: a user writes the public ones himself. */
#ifndef AUTH_DOMAIN_LABEL_H
#define AUTH_DOMAIN_LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LABEL_CHARS_MIN = 3, LABEL_CHARS_MAX = 255, LABEL_TEXT_SIZE = 256 };

enum label_scope { LABEL_PUBLIC, LABEL_PRIVATE };

struct label {
    uint64_t id, user_id;
    char key[LABEL_TEXT_SIZE], value[LABEL_TEXT_SIZE];
    enum label_scope scope;
    const char *description; /* NULL: none */
    int64_t created_at, updated_at;
};

struct level {
    int32_t id;
    char key[LABEL_TEXT_SIZE], value[LABEL_TEXT_SIZE];
};

const char *label_scope_name(enum label_scope scope); /* "public", "private" */
bool label_scope_parse(const char *name, enum label_scope *ret_scope);

/* Lower case, blanks at the ends cut and inside squeezed to one. False: it does not fit (too long). */
bool label_normalise(const char *text, char ret_text[static LABEL_TEXT_SIZE]);

/* The rules that a normalised key or value breaks, as words of the error code ("too_short", "too_long",
 * "invalid"): how many. */
enum { LABEL_MISTAKES_MAX = 2 };
size_t label_mistakes(const char *text, const char *ret_words[static LABEL_MISTAKES_MAX]);

/* The id of the last level of the unbroken run from the first; 0: not even the first. `levels` are
 * in the order of their ids. */
int32_t label_level(const struct level *levels, size_t levels_count, const struct label *labels,
                    size_t labels_count);

/* A private label that must be there, or whose key alone makes a state. */
struct label_requirement {
    const char *key, *value;
};
struct label_trigger {
    const char *state, *key;
};
struct label_rules {
    const struct label_requirement *activation; /* all of them make `active` */
    size_t activation_count;
    const struct label_trigger *triggers; /* in the order of the file: the last that matches wins */
    size_t triggers_count;
};

/* "pending", "active" or the state of a trigger; lives as long as the rules. */
const char *label_state(const struct label_rules *rules, const struct label *labels, size_t count);

#endif
