/* random.h: unpredictable bytes from the kernel, and the ids made of them. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UUID_TEXT_SIZE = 37 };

struct uuid {
    uint8_t bytes[16];
};

void random_bytes(void *buffer, size_t length); /* getrandom(); a kernel without it is a crash */
struct uuid uuid_new(void);                     /* RFC 4122 version 4 */
const char *uuid_text(struct uuid uuid, char buffer[static UUID_TEXT_SIZE]); /* lower case */
bool uuid_parse(const char *text, struct uuid *ret_uuid); /* 8-4-4-4-12 hex digits, either case */

#endif
