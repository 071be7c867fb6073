/*
 * rules.h: the rules of the platform that are a file and not a setting (RULES_FILE, in the shape of
 * OpenDAX's barong.yml): which labels make a user active, which make him banned, deleted or locked;
 * document types; titles of data storages; where a captcha is asked. Immutable after rules_open().
 */
#ifndef AUTH_STATE_RULES_H
#define AUTH_STATE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/domain/label.h"
#include "base/err.h"

enum { RULES_LIST_MAX = 64 };

struct rules;

/* ERR_CONFIG with file and line. */
bool rules_open(const char *path, struct rules **ret_rules, struct err *err) MUST_CHECK;
void rules_free(struct rules *rules); /* NULL is fine */

const struct label_rules *rules_of_labels(const struct rules *rules);

/* The lists of the file; an absent one is empty. */
enum rules_list {
    RULES_DOCUMENT_TYPES,
    RULES_STORAGE_TITLES,
    RULES_CAPTCHA_ENDPOINTS, /* user_create session_create password_reset ... */
    RULES_PROFILE_VERIFICATION_ROLES,
    RULES_LIST_COUNT
};
bool rules_has(const struct rules *rules, enum rules_list list, const char *word);

#endif
