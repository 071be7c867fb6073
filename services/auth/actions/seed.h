/*
 * seed.h: the first content of the platform, from YAML files in the shape of OpenDAX's:
 * permissions.yml, restrictions.yml, levels.yml, users.yml. A file that is not there is nothing.
 *
 * A row that is there already is left alone; so running it again adds what is new and nothing else.
 * Every mistake of every file is said, "FILE:LINE: what is wrong"; rows without mistakes are added all
 * the same. Then the call fails. One run at a time (a named lock).
 */
#ifndef AUTH_ACTIONS_SEED_H
#define AUTH_ACTIONS_SEED_H

#include <stdbool.h>

#include "auth/actions/auth.h"
#include "base/err.h"
#include "db/db.h"

/* Needs app->config, clock, rules and passwords. `say` gets a line for each row that was added and for
 * each mistake. */
bool seed_run(struct auth *app, struct db *db, const char *folder, void (*say)(const char *line),
              struct err *err) MUST_CHECK;

#endif
