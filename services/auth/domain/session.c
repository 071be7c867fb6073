#include "auth/domain/session.h"

#include <arpa/inet.h>
#include <string.h>

enum { NEAR_BYTES_IPV4 = 2, NEAR_BYTES_IPV6 = 12 };

bool session_ip_is_near(const char *ip, const char *other)
{
    uint8_t a[16], b[16];
    if (inet_pton(AF_INET, ip, a) == 1)
        return inet_pton(AF_INET, other, b) == 1 && memcmp(a, b, NEAR_BYTES_IPV4) == 0;
    return inet_pton(AF_INET6, ip, a) == 1 && inet_pton(AF_INET6, other, b) == 1 &&
           memcmp(a, b, NEAR_BYTES_IPV6) == 0;
}
