#include "http/multipart.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"

struct reader {
    struct arena *arena;
    const char *at, *end;
    char delimiter[MULTIPART_BOUNDARY_MAX + 5]; /* "\r\n--" and the boundary */
    size_t delimiter_length;
    struct err *err;
};

static bool refuse(struct reader *reader, const char *why)
{
    return err_set(reader->err, ERR_BODY_INVALID, "multipart: %s", why);
}

/* ---- parameters of a header: name=token or name="quoted" ---- */

static bool is_token_char(char c)
{
    return c > 0x20 && c < 0x7f && !strchr("()<>@,;:\\\"/[]?=", c);
}

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

/* Reads a quoted text behind its first quote. A backslash counts only before a quote or a backslash:
 * some browsers send whole Windows paths. NULL: no end. */
static const char *read_quoted(const char *at, char *to, size_t size)
{
    size_t length = 0;
    for (; *at && *at != '"'; at++) {
        if (*at == '\\' && (at[1] == '"' || at[1] == '\\'))
            at++;
        if (length + 1 >= size)
            return NULL;
        to[length++] = *at;
    }
    to[length] = '\0';
    return *at == '"' ? at + 1 : NULL;
}

static const char *read_token(const char *at, char *to, size_t size)
{
    size_t length = 0;
    for (; is_token_char(*at); at++) {
        if (length + 1 >= size)
            return NULL;
        to[length++] = *at;
    }
    to[length] = '\0';
    return length > 0 ? at : NULL;
}

struct header_param {
    char name[32], value[3 * MULTIPART_NAME_BYTES_MAX + 32];
};

/* The next ";name=value" of a header; 1: there is one, 0: the end, -1: malformed. */
static int next_param(const char **at, struct header_param *param)
{
    const char *from = skip_blanks(*at);
    if (*from == '\0')
        return 0;
    if (*from != ';')
        return -1;
    from = skip_blanks(from + 1);
    if (*from == '\0')
        return 0;
    from = read_token(from, param->name, sizeof(param->name));
    if (!from || *from++ != '=')
        return -1;
    from = *from == '"' ? read_quoted(from + 1, param->value, sizeof(param->value))
                        : read_token(from, param->value, sizeof(param->value));
    if (!from)
        return -1;
    *at = from;
    return 1;
}

/* ---- the boundary ---- */

static bool is_boundary(const char *text)
{
    static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "'()+_,-./:=? ";
    size_t length = strlen(text);
    return length > 0 && length <= MULTIPART_BOUNDARY_MAX && text[length - 1] != ' ' &&
           strspn(text, allowed) == length;
}

static bool read_boundary(struct reader *reader, const char *content_type)
{
    const char *at = content_type + strcspn(content_type, ";");
    struct header_param param;
    bool found = false;
    int more;
    while ((more = next_param(&at, &param)) > 0) {
        if (strcasecmp(param.name, "boundary") != 0)
            continue;
        if (found || !is_boundary(param.value))
            return refuse(reader, "a bad boundary");
        int length =
            snprintf(reader->delimiter, sizeof(reader->delimiter), "\r\n--%s", param.value);
        reader->delimiter_length = (size_t)length;
        found = true;
    }
    return found && more == 0 ? true : refuse(reader, "no boundary");
}

/* ---- one part ---- */

static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)((at - digits) % 16) : -1;
}

/* "UTF-8''na%C3%AFve.jpg" (RFC 8187). */
static bool decode_extended(char *value)
{
    char *to = value, *from = strchr(value, '\'');
    if (strncasecmp(value, "UTF-8'", 6) != 0 || !from || !(from = strchr(from + 1, '\'')))
        return false;
    for (from++; *from; from++) {
        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        int high = hex_value(from[1]), low = high < 0 ? -1 : hex_value(from[2]);
        if (low < 0)
            return false;
        *to++ = (char)(high << 4 | low);
        from += 2;
    }
    *to = '\0';
    return true;
}

/* Browsers write a quote and line breaks of a name as %22, %0D and %0A; they are not for us. */
static bool is_name(const char *text)
{
    size_t length = strlen(text);
    if (length > MULTIPART_NAME_BYTES_MAX || !utf8_is_valid(text, length))
        return false;
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    return true;
}

static bool keep_name(struct reader *reader, const char *text, const char **ret_copy)
{
    if (!is_name(text))
        return refuse(reader, "a bad name");
    *ret_copy = arena_strdup(reader->arena, text);
    return *ret_copy ? true : err_set(reader->err, ERR_BUSY, "no memory for a form");
}

static bool read_disposition(struct reader *reader, const char *value, struct multipart_part *part)
{
    const char *at = value + strcspn(value, "; \t"), *plain = NULL, *extended = NULL;
    struct header_param param;
    int more;
    if (part->name)
        return refuse(reader, "two Content-Disposition");
    if (at - value != 9 || strncasecmp(value, "form-data", 9) != 0)
        return refuse(reader, "a part that is no form-data");
    while ((more = next_param(&at, &param)) > 0) {
        bool is_extended = strcasecmp(param.name, "filename*") == 0;
        const char **slot = strcasecmp(param.name, "name") == 0       ? &part->name
                            : strcasecmp(param.name, "filename") == 0 ? &plain
                            : is_extended                             ? &extended
                                                                      : NULL;
        if (!slot)
            continue;
        if (*slot || (is_extended && !decode_extended(param.value)))
            return refuse(reader, "a bad parameter");
        if (!keep_name(reader, param.value, slot))
            return false;
    }
    part->filename = extended ? extended : plain;
    return more == 0 && part->name ? true : refuse(reader, "a part without a name");
}

static bool is_identity(const char *coding)
{
    return strcasecmp(coding, "7bit") == 0 || strcasecmp(coding, "8bit") == 0 ||
           strcasecmp(coding, "binary") == 0;
}

static bool read_header(struct reader *reader, char *line, struct multipart_part *part)
{
    char *colon = strchr(line, ':');
    if (!colon || colon == line)
        return refuse(reader, "a bad header");
    *colon = '\0';
    const char *value = skip_blanks(colon + 1);
    if (strcasecmp(line, "Content-Disposition") == 0)
        return read_disposition(reader, value, part);
    if (strcasecmp(line, "Content-Transfer-Encoding") == 0)
        return is_identity(value) ? true : refuse(reader, "an encoded part");
    if (strcasecmp(line, "Content-Type") != 0)
        return true;
    if (part->media_type || strncasecmp(value, "multipart/", 10) == 0)
        return refuse(reader, "a nested form");
    return keep_name(reader, value, &part->media_type);
}

/* A header line without its CRLF, as a text. */
static bool take_line(struct reader *reader, char line[static MULTIPART_LINE_BYTES_MAX])
{
    const char *end = memmem(reader->at, (size_t)(reader->end - reader->at), "\r\n", 2);
    size_t length = end ? (size_t)(end - reader->at) : MULTIPART_LINE_BYTES_MAX;
    if (length >= MULTIPART_LINE_BYTES_MAX || memchr(reader->at, '\0', length))
        return refuse(reader, "a bad line");
    memcpy(line, reader->at, length);
    line[length] = '\0';
    reader->at = end + 2;
    return true;
}

static bool read_headers(struct reader *reader, struct multipart_part *part)
{
    char line[MULTIPART_LINE_BYTES_MAX];
    for (unsigned count = 0;; count++) {
        if (!take_line(reader, line))
            return false;
        if (line[0] == '\0')
            return part->name ? true : refuse(reader, "a part without a name");
        if (count == MULTIPART_HEADERS_MAX)
            return refuse(reader, "too many headers");
        if (!read_header(reader, line, part))
            return false;
    }
}

/* Behind a boundary: CRLF and another part, or "--" and the end. */
static bool read_tail(struct reader *reader, bool *ret_more)
{
    size_t left = (size_t)(reader->end - reader->at);
    if (left >= 2 && memcmp(reader->at, "\r\n", 2) == 0) {
        reader->at += 2;
        *ret_more = true;
        return true;
    }
    bool is_end = (left == 2 || left == 4) && memcmp(reader->at, "--\r\n", left) == 0;
    *ret_more = false;
    return is_end ? true : refuse(reader, "the end is not one");
}

static bool read_content(struct reader *reader, struct multipart_part *part)
{
    /* An empty part ends with the delimiter whose CRLF is that of the headers. */
    const char *from = reader->at - 2;
    const char *end =
        memmem(from, (size_t)(reader->end - from), reader->delimiter, reader->delimiter_length);
    if (!end)
        return refuse(reader, "a part without an end");
    part->bytes = reader->at;
    part->length = end > reader->at ? (size_t)(end - reader->at) : 0;
    reader->at = end + reader->delimiter_length;
    return true;
}

bool multipart_read(const char *content_type, const char *body, size_t length, struct arena *arena,
                    struct multipart *ret_form, struct err *err)
{
    struct reader reader = {.arena = arena, .at = body, .end = body + length, .err = err};
    struct multipart form = {.count = 0};
    bool more = true;
    if (!read_boundary(&reader, content_type))
        return false;
    size_t first = reader.delimiter_length - 2; /* the first one has no CRLF in front */
    if (length < first || memcmp(body, reader.delimiter + 2, first) != 0)
        return refuse(&reader, "no boundary at the start");
    reader.at += first;
    form.parts = arena_alloc(arena, MULTIPART_PARTS_MAX * sizeof(*form.parts));
    if (!form.parts)
        return err_set(err, ERR_BUSY, "no memory for a form");
    if (!read_tail(&reader, &more))
        return false;
    while (more) {
        if (form.count == MULTIPART_PARTS_MAX)
            return refuse(&reader, "too many parts");
        struct multipart_part *part = &form.parts[form.count++];
        if (!read_headers(&reader, part) || !read_content(&reader, part) ||
            !read_tail(&reader, &more))
            return false;
    }
    *ret_form = form;
    return true;
}
