#include "auth/domain/oauth_uri.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Parts of "scheme://host:port/rest"; lengths, no copies. */
struct parts {
    const char *scheme, *host, *port, *rest;
    size_t scheme_length, host_length, port_length;
    bool has_authority, has_user;
};

static bool scheme_split(const char *uri, struct parts *parts)
{
    size_t length = 0;
    if (!isalpha((unsigned char)uri[0]))
        return false;
    while (isalnum((unsigned char)uri[length]) || (uri[length] && strchr("+-.", uri[length])))
        length++;
    parts->scheme = uri;
    parts->scheme_length = length;
    return uri[length] == ':';
}

static bool split(const char *uri, struct parts *ret_parts)
{
    struct parts parts = {.host = ""};
    if (!scheme_split(uri, &parts))
        return false;
    const char *at = uri + parts.scheme_length + 1;
    parts.host = parts.port = parts.rest = at;
    if (at[0] == '/' && at[1] == '/') {
        at += 2;
        size_t length = strcspn(at, "/?#");
        parts.has_authority = true;
        parts.has_user = memchr(at, '@', length) != NULL;
        parts.host = at;
        parts.rest = at + length;
        const char *bracket = at[0] == '[' ? memchr(at, ']', length) : at;
        if (!bracket)
            return false;
        const char *colon = memchr(bracket, ':', (size_t)(parts.rest - bracket));
        parts.host_length = (size_t)((colon ? colon : parts.rest) - at);
        parts.port = colon ? colon + 1 : parts.rest;
        parts.port_length = (size_t)(parts.rest - parts.port);
        for (size_t i = 0; i < parts.port_length; i++)
            if (!isdigit((unsigned char)parts.port[i]))
                return false;
    }
    *ret_parts = parts;
    return true;
}

static bool is_scheme(const struct parts *parts, const char *scheme)
{
    return strlen(scheme) == parts->scheme_length &&
           strncasecmp(parts->scheme, scheme, parts->scheme_length) == 0;
}

static bool is_host(const struct parts *parts, const char *host)
{
    return strlen(host) == parts->host_length &&
           strncasecmp(parts->host, host, parts->host_length) == 0;
}

/* Literals only: the name "localhost" may be made to point elsewhere. */
static bool is_loopback_literal(const struct parts *parts)
{
    return is_host(parts, "127.0.0.1") || is_host(parts, "[::1]");
}

static bool is_clean(const char *uri)
{
    size_t length = strnlen(uri, OAUTH_URI_BYTES_MAX + 1);
    if (length == 0 || length > OAUTH_URI_BYTES_MAX)
        return false;
    for (const char *c = uri; *c; c++)
        if (*c <= ' ' || *c > '~' || strchr("\"<>\\^`{|}#", *c))
            return false;
    return true;
}

bool redirect_uri_is_valid(const char *uri, bool insecure)
{
    struct parts parts;
    if (!is_clean(uri) || !split(uri, &parts) || parts.has_user)
        return false;
    if (is_scheme(&parts, "https"))
        return parts.host_length > 0;
    if (is_scheme(&parts, "http"))
        return parts.host_length > 0 &&
               (insecure || is_loopback_literal(&parts) || is_host(&parts, "localhost"));
    return memchr(parts.scheme, '.', parts.scheme_length) != NULL;
}

bool redirect_uri_matches(const char *registered, const char *asked)
{
    struct parts a, b;
    if (strcmp(registered, asked) == 0)
        return true;
    if (!is_clean(asked) || !split(registered, &a) || !split(asked, &b))
        return false;
    return is_scheme(&a, "http") && a.scheme_length == b.scheme_length &&
           memcmp(a.scheme, b.scheme, a.scheme_length) == 0 && is_loopback_literal(&a) &&
           !b.has_user && a.host_length == b.host_length &&
           memcmp(a.host, b.host, a.host_length) == 0 && strcmp(a.rest, b.rest) == 0;
}

bool web_uri_is_valid(const char *uri, bool insecure)
{
    struct parts parts;
    return is_clean(uri) && split(uri, &parts) && !parts.has_user && parts.host_length > 0 &&
           (is_scheme(&parts, "https") || (insecure && is_scheme(&parts, "http")));
}

void uri_source_write(struct str *out, const char *uri)
{
    struct parts parts;
    if (!split(uri, &parts))
        return;
    bool is_web = is_scheme(&parts, "https") || is_scheme(&parts, "http");
    const char *end = is_web ? parts.rest : parts.scheme + parts.scheme_length + 1;
    /* Characters that mean something in the header: the address is shown less exactly. */
    for (const char *c = uri; c < end; c++)
        if (*c <= ' ' || *c > '~' || strchr(";,'*\"", *c))
            return;
    str_add_bytes(out, uri, (size_t)(end - uri));
}

char uri_separator(const char *uri)
{
    return strchr(uri, '?') ? '&' : '?';
}

static void encoded_add(struct str *out, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (isalnum(c) || (c && strchr("-._~", c))) {
            str_add_char(out, (char)c);
            continue;
        }
        str_add_char(out, '%');
        str_add_char(out, digits[c >> 4]);
        str_add_char(out, digits[c & 15]);
    }
}

void uri_add_param(struct str *uri, char separator, const char *name, const char *value)
{
    str_add_char(uri, separator);
    encoded_add(uri, name);
    str_add_char(uri, '=');
    encoded_add(uri, value);
}

static void default_port_drop(struct parts *parts)
{
    const char *usual = is_scheme(parts, "https") ? "443" : is_scheme(parts, "http") ? "80" : "";
    if (parts->port_length == strlen(usual) && memcmp(parts->port, usual, parts->port_length) == 0)
        parts->port_length = 0;
}

bool uri_same_place(const char *a, const char *b)
{
    struct parts first, second;
    if (!split(a, &first) || !split(b, &second) || !first.has_authority || !second.has_authority)
        return false;
    default_port_drop(&first);
    default_port_drop(&second);
    size_t path = strcspn(first.rest, "?#");
    return first.scheme_length == second.scheme_length && first.host_length == second.host_length &&
           first.port_length == second.port_length && path == strcspn(second.rest, "?#") &&
           strncasecmp(first.scheme, second.scheme, first.scheme_length) == 0 &&
           strncasecmp(first.host, second.host, first.host_length) == 0 &&
           memcmp(first.port, second.port, first.port_length) == 0 &&
           memcmp(first.rest, second.rest, path) == 0;
}
