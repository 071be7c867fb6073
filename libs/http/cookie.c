#include "http/cookie.h"

#include <string.h>
#include <time.h>

/* cookie-octet of RFC 6265: no control, blank, quote, comma, semicolon or backslash. */
static bool is_value(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] <= 0x20 || text[i] == 0x7f || strchr("\",;\\", text[i]))
            return false;
    return true;
}

static bool is_name(const char *text)
{
    return text[0] && is_value(text, strlen(text)) && !strpbrk(text, "=()<>@:/[]?{}");
}

bool cookie_read(const char *header, const char *name, char *ret_value, size_t size)
{
    const char *found = NULL;
    size_t found_length = 0, name_length = strlen(name);
    assert(is_name(name) && size > 0);
    for (const char *at = header; at && *at;) {
        at += strspn(at, "; \t");
        size_t pair = strcspn(at, ";");
        const char *next = at + pair;
        while (pair > 0 && (at[pair - 1] == ' ' || at[pair - 1] == '\t'))
            pair--;
        if (pair > name_length && at[name_length] == '=' && memcmp(at, name, name_length) == 0) {
            const char *value = at + name_length + 1;
            size_t length = pair - name_length - 1;
            if (length >= 2 && value[0] == '"' && value[length - 1] == '"') {
                value++;
                length -= 2;
            }
            bool differs = found && (length != found_length || memcmp(value, found, length) != 0);
            if (differs || !is_value(value, length))
                return false;
            found = value;
            found_length = length;
        }
        at = next;
    }
    if (!found || found_length >= size)
        return false;
    memcpy(ret_value, found, found_length);
    ret_value[found_length] = '\0';
    return true;
}

static void add_expires(struct str *out, int64_t at_s)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)at_s;
    struct tm date;
    if (!gmtime_r(&seconds, &date))
        return;
    str_add_format(out, "; expires=%s, %02d %s %04d %02d:%02d:%02d GMT", days[date.tm_wday],
                   date.tm_mday, months[date.tm_mon], date.tm_year + 1900, date.tm_hour,
                   date.tm_min, date.tm_sec);
}

void cookie_write(struct str *out, const struct cookie *cookie)
{
    assert(is_name(cookie->name) && is_value(cookie->value, strlen(cookie->value)));
    str_add(out, cookie->name);
    str_add_char(out, '=');
    str_add(out, cookie->value);
    str_add_format(out, "; path=%s", cookie->path ? cookie->path : "/");
    if (cookie->max_age_s > 0) {
        str_add_format(out, "; max-age=%lld", (long long)cookie->max_age_s);
        add_expires(out, cookie->now_us / 1000000 + cookie->max_age_s);
    } else if (cookie->max_age_s < 0) {
        str_add(out, "; max-age=0");
        add_expires(out, 0);
    }
    if (cookie->http_only)
        str_add(out, "; HttpOnly");
    if (cookie->secure)
        str_add(out, "; Secure");
    if (cookie->same_site)
        str_add_format(out, "; SameSite=%s", cookie->same_site);
}
