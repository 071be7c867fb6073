/*
 * authz_rules.h: the prefixes of paths that pass without a name, and those that are closed to the world
 * (AUTHZ_RULES_FILE, in the shape of OpenDAX's authz_rules.yml). Immutable after opening.
 */
#ifndef AUTH_STATE_AUTHZ_RULES_H
#define AUTH_STATE_AUTHZ_RULES_H

#include "auth/domain/authz_path.h"
#include "base/err.h"

struct authz_rule_file;

/* ERR_CONFIG with file and line. */
bool authz_rules_open(const char *path, struct authz_rule_file **ret_file, struct err *err)
    MUST_CHECK;
void authz_rules_free(struct authz_rule_file *file); /* NULL is fine */
const struct authz_rules *authz_rules_of(const struct authz_rule_file *file);

#endif
