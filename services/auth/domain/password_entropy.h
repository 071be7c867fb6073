/*
 * password_entropy.h: how strong a password is, in bits, by the rule that Barong's clients show
 * (reference barong.md §2.15): so much a character, less for those that came before, less for what
 * runs along the keyboard or is a common password. Pure; no floating point.
 */
#ifndef AUTH_DOMAIN_PASSWORD_ENTROPY_H
#define AUTH_DOMAIN_PASSWORD_ENTROPY_H

#include <stdint.h>

#include "auth/domain/word_set.h"

/* 10^-15 bits. */
#define ENTROPY_BIT INT64_C(1000000000000000)

enum { ENTROPY_CHARS_MAX = 128 /* of a longer password the rest adds nothing */ };

/* `threshold`: what counts as strong enough; a lower result is not made more exact. `words`: NULL: no
 * dictionary. */
int64_t password_entropy(const char *password, int64_t threshold, const struct word_set *words);

#endif
