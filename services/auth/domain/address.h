/*
 * address.h: IP addresses of visitors, and the networks that rules name. Pure; any thread.
 *
 * An IPv4 address and its IPv6-mapped form (::ffff:192.0.2.1) are the same address, so nobody slips
 * past a rule by the family of his connection.
 */
#ifndef AUTH_DOMAIN_ADDRESS_H
#define AUTH_DOMAIN_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/check.h"

struct address {
    uint8_t bytes[16]; /* network order; IPv4 mapped into ::ffff:0:0/96 */
};

struct subnet {
    struct address address; /* bits behind the prefix are zero */
    unsigned bits;          /* of the 128 */
};

/* "192.0.2.1" or "2001:db8::1"; no zone, no port. */
bool address_parse(const char *text, struct address *ret_address) MUST_CHECK;
bool address_equal(const struct address *a, const struct address *b);
bool address_is_v4(const struct address *address);

/* "192.0.2.0/24" or "2001:db8::/32"; bits of the address behind the prefix are ignored. */
bool subnet_parse(const char *text, struct subnet *ret_subnet) MUST_CHECK;
bool subnet_has(const struct subnet *subnet, const struct address *address);

/* Whether a session may move from one address to the other: same /16 of IPv4, same /96 of IPv6
 * (reference 3.2). */
bool address_is_near(const struct address *a, const struct address *b);

#endif
