#include "auth/domain/mistakes.h"

#include <string.h>

void mistake_add(struct mistakes *mistakes, const char *code)
{
    for (size_t i = 0; i < mistakes->count; i++)
        if (strcmp(mistakes->codes[i], code) == 0)
            return;
    if (mistakes->count < MISTAKES_MAX)
        mistakes->codes[mistakes->count++] = code;
}
