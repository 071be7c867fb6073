/* code.h: random texts that people or machines hand back to us. Each draws from the kernel, without
 * bias. Any thread. */
#ifndef CRYPTO_CODE_H
#define CRYPTO_CODE_H

#include <stddef.h>

enum { CODE_CHARS_MAX = 128 };

/* `length` characters and a NUL, so `ret_text` has room for length + 1. */
void code_digits(char *ret_text, size_t length);  /* 0-9: 3.3 bits each */
void code_hex(char *ret_text, size_t length);     /* lower case: 4 bits each */
void code_letters(char *ret_text, size_t length); /* A-Z and digits without I, L, O, U: 5 bits */

#endif
