/* text.h: what people call themselves and where they live, in any script. UTF-8 in, UTF-8 out. */
#ifndef AUTH_DOMAIN_TEXT_H
#define AUTH_DOMAIN_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Blanks at the ends cut, inside squeezed to one; NULL: no memory. */
char *text_squish(const char *text, struct arena *arena);
/* Characters, not bytes. */
size_t text_length(const char *text);
/* Whether all of it are letters, marks and digits of any script, '_', blanks, and the signs. Not
 * empty. */
bool text_is_of_words(const char *text, const char *signs);

#endif
