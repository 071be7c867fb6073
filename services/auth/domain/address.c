#include "auth/domain/address.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum {
    BITS_MAX = 128,
    MAPPED_BITS = 96,
    NEAR_V4_BITS = MAPPED_BITS + 16,
    NEAR_V6_BITS = 96,
    TEXT_MAX = 64
};

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool address_parse(const char *text, struct address *ret_address)
{
    struct address address;
    if (!text)
        return false;
    memcpy(address.bytes, mapped, sizeof(mapped));
    if (inet_pton(AF_INET, text, address.bytes + sizeof(mapped)) != 1 &&
        inet_pton(AF_INET6, text, address.bytes) != 1)
        return false;
    *ret_address = address;
    return true;
}

bool address_equal(const struct address *a, const struct address *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool address_is_v4(const struct address *address)
{
    return memcmp(address->bytes, mapped, sizeof(mapped)) == 0;
}

static bool same_prefix(const struct address *a, const struct address *b, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(a->bytes, b->bytes, whole) != 0)
        return false;
    return rest == 0 || ((a->bytes[whole] ^ b->bytes[whole]) >> (8 - rest)) == 0;
}

bool subnet_parse(const char *text, struct subnet *ret_subnet)
{
    char address[TEXT_MAX];
    uint64_t bits;
    struct subnet subnet;
    const char *slash = text ? strchr(text, '/') : NULL;
    if (!slash || (size_t)(slash - text) >= sizeof(address))
        return false;
    memcpy(address, text, (size_t)(slash - text));
    address[slash - text] = '\0';
    if (!address_parse(address, &subnet.address) || !str_to_u64(slash + 1, &bits))
        return false;
    /* The prefix of a dotted address counts its 32 bits. */
    bool dotted = strchr(address, ':') == NULL;
    if (bits > (dotted ? BITS_MAX - MAPPED_BITS : BITS_MAX))
        return false;
    subnet.bits = (unsigned)bits + (dotted ? MAPPED_BITS : 0);
    for (unsigned bit = subnet.bits; bit < BITS_MAX; bit++)
        subnet.address.bytes[bit / 8] &= (uint8_t) ~(0x80U >> bit % 8);
    *ret_subnet = subnet;
    return true;
}

bool subnet_has(const struct subnet *subnet, const struct address *address)
{
    return same_prefix(&subnet->address, address, subnet->bits);
}

bool address_is_near(const struct address *a, const struct address *b)
{
    if (address_is_v4(a) != address_is_v4(b))
        return false;
    return same_prefix(a, b, address_is_v4(a) ? NEAR_V4_BITS : NEAR_V6_BITS);
}
