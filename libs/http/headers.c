/* What the headers may look like. A message that two parsers could end at different places is
 * refused before its body is read. */
#include <string.h>
#include <strings.h>

#include "http/private.h"

struct check {
    struct http_request *request;
    unsigned count, hosts, lengths, codings, authorizations;
    const char *wrong;
};

static bool is_digits(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

static bool is_header_text(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
            return false;
    return true;
}

/* Whether a media type is `type`, with or without parameters. */
static bool is_media_type(const char *value, const char *type)
{
    size_t length = strlen(type);
    return strncasecmp(value, type, length) == 0 &&
           (value[length] == '\0' || strchr("; \t", value[length]));
}

static void take_id(struct http_request *request, const char *value)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    size_t length = strspn(value, allowed);
    if (length == 0 || length > REQUEST_ID_MAX || value[length] != '\0')
        return;
    memcpy(request->id, value, length + 1);
}

static void check_known(struct check *check, const char *name, const char *value)
{
    struct http_request *request = check->request;
    if (strcasecmp(name, "Host") == 0) {
        check->hosts++;
    } else if (strcasecmp(name, "Authorization") == 0) {
        check->authorizations++;
    } else if (strcasecmp(name, "X-Request-Id") == 0) {
        take_id(request, value);
    } else if (strcasecmp(name, "Content-Type") == 0) {
        request->is_json = is_media_type(value, "application/json");
        request->is_form = is_media_type(value, "application/x-www-form-urlencoded");
        request->is_multipart = is_media_type(value, "multipart/form-data");
        request->has_media_type = true;
    } else if (strcasecmp(name, "Content-Encoding") == 0) {
        if (strcasecmp(value, "identity") != 0)
            check->wrong = "an encoded body";
    } else if (strcasecmp(name, "Content-Length") == 0) {
        check->lengths++;
        if (!is_digits(value) || !str_to_u64(value, &request->body_announced))
            check->wrong = "bad Content-Length";
    } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
        check->codings++;
        if (strcasecmp(value, "chunked") != 0)
            check->wrong = "unknown Transfer-Encoding";
    }
}

static enum MHD_Result check_header(void *user, enum MHD_ValueKind kind, const char *name,
                                    size_t name_size, const char *value, size_t value_size)
{
    struct check *check = user;
    (void)kind;
    check->count++;
    if (!value)
        value = "";
    if (strlen(name) != name_size || strlen(value) != value_size || !is_header_text(value) ||
        name_size == 0 || strpbrk(name, " \t"))
        check->wrong = "bad header";
    else
        check_known(check, name, value);
    return check->wrong || check->count > HEADERS_MAX ? MHD_NO : MHD_YES;
}

bool headers_check(struct http_request *request, const char *version, struct err *err)
{
    struct check check = {.request = request};
    MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, check_header, &check);
    if (check.count > HEADERS_MAX)
        check.wrong = "too many headers";
    else if (check.hosts > 1 || check.lengths > 1 || check.codings > 1 || check.authorizations > 1)
        check.wrong = "a header is there twice";
    else if (check.hosts == 0 && strcmp(version, "HTTP/1.0") != 0)
        check.wrong = "no Host";
    else if (check.lengths > 0 && check.codings > 0)
        check.wrong = "Content-Length and Transfer-Encoding";
    if (check.wrong)
        return err_set(err, ERR_REQUEST_INVALID, "%s", check.wrong);
    return true;
}
