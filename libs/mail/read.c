/* read.c: back from a message to what it says: for the page of an outbox. Only what compose.c writes. */
#include <string.h>

#include "mail/internal.h"

void mail_shown_init(struct mail_shown *shown)
{
    shown->to = STR_INIT(MAIL_HEADER_MAX * 4);
    shown->subject = STR_INIT(MAIL_HEADER_MAX * 4);
    shown->date = STR_INIT(MAIL_HEADER_MAX);
    shown->text = STR_INIT(MAIL_BYTES_MAX);
}

void mail_shown_release(struct mail_shown *shown)
{
    str_release(&shown->to);
    str_release(&shown->subject);
    str_release(&shown->date);
    str_release(&shown->text);
}

/* ---- headers ---- */

/* The value of a header of a head that begins at `head`; NULL: none. It ends at a line break that no
 * blank follows. */
static const char *header_find(const char *head, const char *name, size_t *ret_length)
{
    size_t name_length = strlen(name);
    for (const char *line = head; *line && strncmp(line, "\r\n", 2) != 0;) {
        const char *end = line;
        do {
            end = strstr(end + (end != line), "\r\n");
        } while (end && end[2] == ' ' && ++end);
        if (!end)
            return NULL;
        if (strncmp(line, name, name_length) == 0 && strncmp(line + name_length, ": ", 2) == 0) {
            *ret_length = (size_t)(end - line) - name_length - 2;
            return line + name_length + 2;
        }
        line = end + 2;
    }
    return NULL;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "=XX" at `at`: the byte; -1: it is none. */
static int escaped_byte(const char *at, const char *end)
{
    if (end - at < 3 || hex_value(at[1]) < 0 || hex_value(at[2]) < 0)
        return -1;
    return hex_value(at[1]) * 16 + hex_value(at[2]);
}

static void add_word(const char *word, const char *end, struct str *out)
{
    for (; word < end; word++) {
        int byte = *word == '=' ? escaped_byte(word, end) : -1;
        if (byte >= 0)
            word += 2;
        str_add_char(out, byte >= 0 ? (char)byte : *word == '_' ? ' ' : *word);
    }
}

/* Encoded words joined, folds undone, quotes away. */
static void add_value(const char *value, size_t length, struct str *out)
{
    static const char begin[] = "=?utf-8?Q?";
    const size_t begin_length = sizeof(begin) - 1;
    for (const char *at = value, *end = value + length; at < end;) {
        const char *stop =
            (size_t)(end - at) > begin_length && !strncmp(at, begin, begin_length)
                ? memmem(at + begin_length, (size_t)(end - at) - begin_length, "?=", 2)
                : NULL;
        if (stop) {
            add_word(at + begin_length, stop, out);
            at = stop + 2;
            /* Blanks between two words are only the fold. */
            if (end - at > 3 && strncmp(at, "\r\n =?", 5) == 0)
                at += 3;
        } else if (*at == '\r' || *at == '\n' || *at == '"') {
            at++;
        } else {
            str_add_char(out, *at++);
        }
    }
}

static bool add_header(const char *head, const char *name, struct str *out, struct err *err)
{
    size_t length;
    const char *value = header_find(head, name, &length);
    if (!value)
        return err_set(err, ERR_PROTOCOL, "a message without %s", name);
    add_value(value, length, out);
    return true;
}

/* ---- the body ---- */

static void add_body(const char *body, const char *end, bool is_quoted, struct str *out)
{
    for (const char *at = body; at < end; at++) {
        if (is_quoted && *at == '=' && end - at >= 3 && strncmp(at, "=\r\n", 3) == 0) {
            at += 2;
            continue;
        }
        int byte = is_quoted && *at == '=' ? escaped_byte(at, end) : -1;
        if (byte >= 0)
            at += 2;
        if (byte >= 0 || *at != '\r')
            str_add_char(out, byte >= 0 ? (char)byte : *at);
    }
}

/* Of several parts the first. */
static const char *part_begin(const char *message)
{
    const char *multipart = strstr(message, "\r\nContent-Type: multipart/alternative");
    const char *head_end = strstr(message, "\r\n\r\n");
    if (!head_end || !multipart || multipart > head_end)
        return message;
    const char *line = strstr(head_end, "\r\n--=_");
    line = line ? strstr(line + 2, "\r\n") : NULL;
    return line ? line + 2 : NULL;
}

static bool read_body(const char *message, struct str *text, struct err *err)
{
    size_t length;
    const char *part = part_begin(message);
    const char *encoding = part ? header_find(part, "Content-Transfer-Encoding", &length) : NULL;
    const char *body = part ? strstr(part, "\r\n\r\n") : NULL;
    if (!encoding || !body)
        return err_set(err, ERR_PROTOCOL, "a message without a body");
    bool is_quoted = strncmp(encoding, "quoted-printable", length) == 0;
    const char *end = part == message ? NULL : strstr(body, "\r\n--=_");
    body += 4;
    add_body(body, end && end > body ? end : body + strlen(body), is_quoted, text);
    return true;
}

bool mail_read(const char *message, struct mail_shown *shown, struct err *err)
{
    return add_header(message, "To", &shown->to, err) &&
           add_header(message, "Subject", &shown->subject, err) &&
           add_header(message, "Date", &shown->date, err) && read_body(message, &shown->text, err);
}
