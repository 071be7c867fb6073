#include "auth/domain/request_site.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static bool is_listed(const char *const *origins, const char *origin)
{
    for (; *origins; origins++)
        if (strcasecmp(*origins, origin) == 0)
            return true;
    return false;
}

/* Of "host", "host:port", "[::1]:port". */
static size_t host_length(const char *text)
{
    return text[0] == '[' ? strcspn(text, "]") + 1 : strcspn(text, ":/?#@");
}

static bool has_host(const char *origin, const char *host)
{
    const char *scheme_end = strstr(origin, "://");
    if (!scheme_end || !host || host[0] == '\0')
        return false;
    const char *own = scheme_end + 3;
    size_t length = host_length(own);
    return (own[length] == '\0' || own[length] == ':') && length == host_length(host) &&
           strncasecmp(own, host, length) == 0;
}

bool request_site_is_ours(const struct request_site *site, const char *const *origins)
{
    const char *says = site->fetch_site;
    if (says && (strcmp(says, "same-origin") == 0 || strcmp(says, "none") == 0))
        return true;
    if (!site->origin)
        return !says;
    if (is_listed(origins, site->origin))
        return true;
    /* The same host by another scheme is another site: somebody on the line may have written it. */
    return (!says || strcmp(says, "same-site") == 0) && has_host(site->origin, site->host);
}
