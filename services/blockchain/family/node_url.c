#include "blockchain/family/node_url.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/check.h"

enum { HOST_SIZE = 256, KEY_CHARS_MIN = 16 };

struct parts {
    bool is_tls, has_credentials;
    char host[HOST_SIZE];
};

static bool read_parts(const char *url, struct parts *parts)
{
    const char *scheme_end = strstr(url, "://");
    if (!scheme_end || (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0))
        return false;
    const char *begin = scheme_end + 3;
    size_t authority = strcspn(begin, "/?#");
    const char *at = memrchr(begin, '@', authority), *host = at ? at + 1 : begin;
    const char *rest = begin + authority;
    size_t length = (size_t)(rest - host);
    if (length > 0 && *host == '[') { /* [::1]:8545 */
        host++;
        const char *bracket = memchr(host, ']', length - 1);
        if (!bracket)
            return false;
        length = (size_t)(bracket - host);
    } else {
        const char *colon = memchr(host, ':', length);
        length = colon ? (size_t)(colon - host) : length;
    }
    if (length == 0 || length >= sizeof(parts->host))
        return false;
    memcpy(parts->host, host, length);
    parts->host[length] = '\0';
    parts->is_tls = url[4] == 's';
    /* A key of a hosted node is long, and the last part of the path or in the query. */
    const char *last = strrchr(rest, '/');
    parts->has_credentials =
        (at && at > begin) || strchr(rest, '=') || (last && strlen(last + 1) >= KEY_CHARS_MIN);
    return true;
}

static bool is_private_v4(uint32_t ip)
{
    return ip >> 24 == 127 || ip >> 24 == 10 || ip >> 20 == 0xac1 || ip >> 16 == 0xc0a8 ||
           ip >> 16 == 0xa9fe;
}

static bool is_private_v6(const uint8_t *bytes)
{
    static const uint8_t loopback[16] = {[15] = 1};
    return memcmp(bytes, loopback, sizeof(loopback)) == 0 || (bytes[0] & 0xfe) == 0xfc ||
           (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length > end_length && strcmp(text + length - end_length, end) == 0;
}

static bool is_private(const char *host)
{
    static const char *const names[] = {".local", ".internal", ".svc", ".localhost"};
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return is_private_v4(ntohl(v4.s_addr));
    if (inet_pton(AF_INET6, host, &v6) == 1)
        return is_private_v6(v6.s6_addr);
    /* "2130706433" and "0x7f000001" are addresses as well, to some. */
    if (!strchr(host, '.'))
        return host[0] < '0' || host[0] > '9';
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (ends_with(host, names[i]))
            return true;
    return false;
}

bool node_url_check(const char *url, struct err *err)
{
    struct parts parts;
    if (!read_parts(url, &parts))
        return err_set(err, ERR_CONFIG, "no http address of a node");
    if (is_private(parts.host))
        return true;
    if (!parts.is_tls)
        return err_set(err, ERR_CONFIG, "node %s is in the open network and without TLS (https)",
                       parts.host);
    return parts.has_credentials ||
           err_set(err, ERR_CONFIG, "node %s is in the open network and without credentials",
                   parts.host);
}
