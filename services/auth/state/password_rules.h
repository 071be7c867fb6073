/*
 * password_rules.h: which passwords are taken (reference barong.md §2.15): the pattern and the entropy
 * that the clients show, and beside them an estimate of how soon it is guessed (zxcvbn). Immutable
 * after opening; any thread.
 */
#ifndef AUTH_STATE_PASSWORD_RULES_H
#define AUTH_STATE_PASSWORD_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/state/config.h"
#include "base/err.h"

enum { PASSWORD_LONGEST = 72 /* bytes: what a bcrypt digest could hold, as clients know it */ };

struct password_rules;

/* ERR_CONFIG: the pattern or the list of common passwords. */
bool password_rules_open(const struct auth_config *config, struct password_rules **ret_rules,
                         struct err *err) MUST_CHECK;
void password_rules_free(struct password_rules *rules); /* NULL is fine */

/* The code of the first rule that it breaks: password.requirements, password.weak, password.too_long;
 * NULL: none. */
const char *password_rules_mistake(const struct password_rules *rules, const char *password);

/* In 10^-15 bits (domain/password_entropy.h). */
int64_t password_rules_entropy(const struct password_rules *rules, const char *password);

#endif
