/* mistakes.h: all that is wrong with something, as the codes of the answer: each once, in the order in
 * which they were found. */
#ifndef AUTH_DOMAIN_MISTAKES_H
#define AUTH_DOMAIN_MISTAKES_H

#include <stddef.h>

enum { MISTAKES_MAX = 24 };

struct mistakes {
    const char *codes[MISTAKES_MAX]; /* constants */
    size_t count;
};

void mistake_add(struct mistakes *mistakes, const char *code);

#endif
