/*
 * abilities.h: who may do what: the permission table of abilities.yml (reference of accounting 6.3,
 * of auth 2.9).
 *
 *     roles: [superadmin, member]
 *     admin_permissions: {superadmin: {manage: [Member], update: [{Currency: [status]}]}}
 *     user_permissions: {member: {manage: [all]}}
 *
 * `manage` is any action, `all` any subject. An item {Subject: [attribute, ...]} allows the action on
 * these attributes only. Without user_permissions nobody may do anything on that side. Immutable
 * once read; any thread may ask.
 */
#ifndef API_ABILITIES_H
#define API_ABILITIES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct abilities;

enum ability_side { ABILITY_USER, ABILITY_ADMIN };

/* ERR_CONFIG with file and line. */
bool abilities_open(const char *path, struct abilities **ret_abilities, struct err *err) MUST_CHECK;
bool abilities_read_text(const char *text, size_t length, struct abilities **ret_abilities,
                         struct err *err) MUST_CHECK;
void abilities_free(struct abilities *abilities); /* NULL is fine */

bool abilities_has_role(const struct abilities *abilities, const char *role);

/* Whether the role may do it, on some attributes at least. */
bool abilities_permit(const struct abilities *abilities, enum ability_side side, const char *role,
                      const char *action, const char *subject);
/* Whether the role may do it on this attribute. */
bool abilities_permit_attribute(const struct abilities *abilities, enum ability_side side,
                                const char *role, const char *action, const char *subject,
                                const char *attribute);

/* The part of the admin table that is the role's, as JSON: {"manage":["Member"],...}, {} for none. */
void abilities_write_role(const struct abilities *abilities, const char *role, struct str *out);

#endif
