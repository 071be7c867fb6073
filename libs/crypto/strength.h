/* strength.h: how many guesses a password withstands, as zxcvbn estimates it: it knows common
 * passwords, names, words, dates, repeats, sequences and the keyboard. */
#ifndef CRYPTO_STRENGTH_H
#define CRYPTO_STRENGTH_H

#include <stdint.h>

enum { STRENGTH_CHARS_MAX = 100 /* what comes after them is not looked at: the time grows fast */ };

/* The binary logarithm of the guesses, rounded down. Any thread. */
uint32_t password_strength(const char *password);

#endif
