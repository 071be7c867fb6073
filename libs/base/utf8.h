/* utf8.h: where a well-formed UTF-8 character ends (RFC 3629: no overlong form, no surrogate). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the character at `text`, 1..4; 0: the bytes are no UTF-8. `left` > 0 bytes are there. */
size_t utf8_length(const char *text, size_t left);

/* Whether all of it is well-formed. */
bool utf8_is_valid(const char *text, size_t length);

#endif
