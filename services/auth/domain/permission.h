/*
 * permission.h: the permission table as authz reads it (reference 2.9): may a role use a verb on a
 * path? Pure. A set is immutable once made; any thread may ask it.
 *
 * A row matches when its role is the visitor's, its verb is the request's or ALL, and the path of
 * the request begins with its path (a plain prefix, as the contract has it). Denied when no row
 * matches, when any matching row says DROP, and when none says ACCEPT: the default is "no".
 */
#ifndef AUTH_DOMAIN_PERMISSION_H
#define AUTH_DOMAIN_PERMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"

enum {
    PERMISSION_ROLE_MAX = 64,
    PERMISSION_PATH_MAX = 256,
    PERMISSION_TOPIC_MAX = 64,
    PERMISSIONS_MAX = 20000 /* rows of a set */
};

enum permission_verb {
    VERB_IS_ALL,
    VERB_IS_GET,
    VERB_IS_POST,
    VERB_IS_PUT,
    VERB_IS_DELETE,
    VERB_IS_HEAD,
    VERB_IS_PATCH,
    VERB_IS_OTHER /* of a request; no row has it */
};
enum permission_action { ACTION_IS_DROP, ACTION_IS_ACCEPT, ACTION_IS_AUDIT };

struct permission {
    enum permission_verb verb;
    enum permission_action action;
    char role[PERMISSION_ROLE_MAX + 1];
    char path[PERMISSION_PATH_MAX + 1];   /* without a slash in front */
    char topic[PERMISSION_TOPIC_MAX + 1]; /* of the audit row; "": made from the path */
};

struct permission_set;

/* Copies the rows. NULL: no memory. */
struct permission_set *permission_set_new(const struct permission *rows, size_t count);
void permission_set_free(struct permission_set *set); /* NULL is fine */
/* Whether any row names the role: users of other roles can't be made (reference 2.1). */
bool permission_set_has_role(const struct permission_set *set, const char *role);

struct permission_answer {
    bool accepted, audited;
    const char *topic; /* of the row that audits or, without one, that decides; "": none. Lives with
                          the set */
};

/* The path has no slash in front. */
struct permission_answer permission_ask(const struct permission_set *set, const char *role,
                                        enum permission_verb verb, const char *path);

/* Words of the table, in any case; false: none of them. */
bool permission_verb_parse(const char *text, enum permission_verb *ret_verb) MUST_CHECK;
bool permission_action_parse(const char *text, enum permission_action *ret_action) MUST_CHECK;
/* Of a request: VERB_IS_OTHER if the table has no word for it. */
enum permission_verb permission_verb_of(const char *method);

#endif
