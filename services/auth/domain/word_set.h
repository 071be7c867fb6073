/* word_set.h: a list of common passwords, looked up inside of texts. Immutable once made. */
#ifndef AUTH_DOMAIN_WORD_SET_H
#define AUTH_DOMAIN_WORD_SET_H

#include <stdbool.h>
#include <stddef.h>

enum { WORD_CHARS_MIN = 4, WORD_CHARS_MAX = 40 };

struct word_set;

/* One word a line, in lower case; lines that begin with '#' and words of another length are left out.
 * NULL: no memory. */
struct word_set *word_set_new(const char *text, size_t length);
void word_set_free(struct word_set *words); /* NULL is fine */

size_t word_set_count(const struct word_set *words);
bool word_set_has(const struct word_set *words, const char *word, size_t length);

/* The first place in the text where a word begins, and the longest word that begins there. */
bool word_set_find(const struct word_set *words, const char *text, size_t *ret_at,
                   size_t *ret_length);

#endif
