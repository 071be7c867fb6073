/*
 * banned.h: calls that are refused at compile time, force-included into every file of ours.
 * Each has a safer neighbour: snprintf, str (base/str.h), strtoull with checks, the text functions
 * of decimal, clock (base/clock.h), getrandom (base/random.h), posix_spawn.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H
#ifndef __cplusplus

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Under clang, fortified headers define these two as macros, which poison refuses. */
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atoll atof strtod strtof strtold
#pragma GCC poison gmtime localtime ctime asctime srand system gets

/* Not poisoned: OpenSSL's headers have parameters of this name. */
int rand(void) __attribute__((deprecated("use base/random.h")));

#endif
#endif
