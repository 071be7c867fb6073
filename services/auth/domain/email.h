/* email.h: what an e-mail address looks like (reference barong.md §2.17). Pure; any thread. */
#ifndef AUTH_DOMAIN_EMAIL_H
#define AUTH_DOMAIN_EMAIL_H

#include <stdbool.h>

#include "base/arena.h"

/* A local part of at most 64 letters, digits and + _ ! " ' # $ % ^ & * { } / = ? ` | ~ - with single
 * dots between; a domain of labels with hyphens inside, its last one of letters; at most 255 bytes
 * in all. No blanks, also not at the ends: the caller trims. */
bool email_is_valid(const char *email);

/* Without the blanks around it, in the arena; NULL: no memory. Addresses are kept and limited so: with
 * them one mailbox would have many accounts. */
const char *email_trimmed(struct arena *arena, const char *text);

#endif
