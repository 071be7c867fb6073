/*
 * authz_path.h: the path that authz judges, and the lists of prefixes of the rules file (reference
 * 3.1, 3.4). Pure; any thread.
 */
#ifndef AUTH_DOMAIN_AUTHZ_PATH_H
#define AUTH_DOMAIN_AUTHZ_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/check.h"

enum { AUTHZ_PATH_MAX = 2048, AUTHZ_PREFIXES_MAX = 128 };

/* "/api/v2//peatio/x" is "api/v2/peatio/x": no slash in front, none twice. A second spelling of a
 * path must not find a hole in the rules, so paths with dot segments, control characters or a
 * backslash are no paths at all: false. */
bool authz_path_normalise(const char *path, char *buffer, size_t size) MUST_CHECK;

struct authz_rules {
    const char *pass[AUTHZ_PREFIXES_MAX + 1];  /* need nobody's name; ends with NULL */
    const char *block[AUTHZ_PREFIXES_MAX + 1]; /* closed to the world, asked first */
};

bool authz_path_has_prefix(const char *const *prefixes, const char *path);

/* Verbs that change something need the CSRF token of the session (reference 3.2). */
bool authz_method_needs_csrf(const char *method);

#endif
