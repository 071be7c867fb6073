#include "base/random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/check.h"

void random_bytes(void *buffer, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t got = getrandom((char *)buffer + done, length - done, 0);
        assert(got >= 0 || errno == EINTR);
        if (got > 0)
            done += (size_t)got;
    }
}

struct uuid uuid_new(void)
{
    struct uuid uuid;
    random_bytes(uuid.bytes, sizeof(uuid.bytes));
    uuid.bytes[6] = (uint8_t)((uuid.bytes[6] & 0x0f) | 0x40);
    uuid.bytes[8] = (uint8_t)((uuid.bytes[8] & 0x3f) | 0x80);
    return uuid;
}

static bool is_dash_position(size_t at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

const char *uuid_text(struct uuid uuid, char buffer[static UUID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;
    for (size_t i = 0; i < sizeof(uuid.bytes); i++) {
        if (is_dash_position(at))
            buffer[at++] = '-';
        buffer[at++] = digits[uuid.bytes[i] >> 4];
        buffer[at++] = digits[uuid.bytes[i] & 15];
    }
    buffer[at] = '\0';
    return buffer;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool uuid_parse(const char *text, struct uuid *ret_uuid)
{
    struct uuid uuid = {.bytes = {0}};
    size_t digit = 0;
    if (strlen(text) != UUID_TEXT_SIZE - 1)
        return false;
    for (size_t at = 0; at < UUID_TEXT_SIZE - 1; at++) {
        if (is_dash_position(at)) {
            if (text[at] != '-')
                return false;
            continue;
        }
        int value = hex_value(text[at]);
        if (value < 0)
            return false;
        uuid.bytes[digit / 2] = (uint8_t)(uuid.bytes[digit / 2] << 4 | value);
        digit++;
    }
    *ret_uuid = uuid;
    return true;
}
