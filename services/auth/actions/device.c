#include "auth/actions/device.h"

#include <string.h>

#include "base/random.h"
#include "crypto/crypto.h"

static const char digits[] = "0123456789abcdef";

void device_make(const char *cookie, char ret_cookie[static DEVICE_COOKIE_SIZE])
{
    uint8_t bytes[DEVICE_COOKIE_SIZE / 2];
    size_t length = DEVICE_COOKIE_SIZE - 1;
    if (cookie && strlen(cookie) == length && strspn(cookie, digits) == length) {
        memcpy(ret_cookie, cookie, DEVICE_COOKIE_SIZE);
        return;
    }
    random_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++) {
        ret_cookie[2 * i] = digits[bytes[i] >> 4];
        ret_cookie[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret_cookie[length] = '\0';
}

void device_hash_of(const char *cookie, uint8_t ret_hash[static DEVICE_HASH_SIZE])
{
    sha256(cookie, strlen(cookie), ret_hash);
}
