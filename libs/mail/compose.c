/* compose.c: the message: its headers, and one or two bodies. */
#include <string.h>

#include "base/auto.h"
#include "mail/internal.h"

enum { QUOTED_LINE_MAX = 76, PLAIN_LINE_MAX = 998 };

/* ---- addresses ---- */

static bool is_address_character(unsigned char c)
{
    return c > 0x20 && c < 0x7f && !strchr("\"(),:;<>[\\]", c);
}

bool mail_address_is_valid(const char *email)
{
    const char *at = NULL;
    size_t length = 0;
    for (const char *c = email; *c; c++, length++) {
        if (!is_address_character((unsigned char)*c) || length == MAIL_ADDRESS_MAX)
            return false;
        if (*c == '@' && at)
            return false;
        if (*c == '@')
            at = c;
    }
    return at && at != email && at[1] != '\0' && email[0] != '-';
}

/* ---- bodies ---- */

bool body_is_plain(const char *body)
{
    size_t line = 0;
    for (const unsigned char *c = (const unsigned char *)body; *c; c++) {
        if (*c == '\n') {
            line = 0;
            continue;
        }
        if ((*c < 0x20 && *c != '\t') || *c >= 0x7f || ++line > PLAIN_LINE_MAX)
            return false;
    }
    return true;
}

void body_add_plain(struct str *out, const char *body)
{
    for (const char *c = body; *c; c++) {
        if (*c == '\n')
            str_add_char(out, '\r');
        str_add_char(out, *c);
    }
}

void body_add_quoted_printable(struct str *out, const char *body)
{
    size_t line = 0;
    for (const unsigned char *c = (const unsigned char *)body; *c; c++) {
        if (*c == '\n') {
            str_add(out, "\r\n");
            line = 0;
            continue;
        }
        bool is_last = c[1] == '\n' || c[1] == '\0';
        bool is_blank = *c == ' ' || *c == '\t';
        bool is_literal = is_blank ? !is_last : *c > 0x20 && *c < 0x7f && *c != '=';
        size_t width = is_literal ? 1 : 3;
        if (line + width > QUOTED_LINE_MAX - 1) { /* one is for the soft break */
            str_add(out, "=\r\n");
            line = 0;
        }
        if (is_literal)
            str_add_char(out, (char)*c);
        else
            str_add_format(out, "=%02X", *c);
        line += width;
    }
}

/* In quoted-printable '=' is followed by a digit or a letter, never by '_': it can't hold this. */
static const char boundary[] = "=_bourse_letter_part";

static void add_part(struct str *out, const char *type, const char *body)
{
    bool is_plain = body_is_plain(body) && !strstr(body, boundary);
    str_add_format(out, "Content-Type: text/%s; charset=utf-8\r\n", type);
    str_add(out, is_plain ? "Content-Transfer-Encoding: 7bit\r\n\r\n"
                          : "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    if (is_plain)
        body_add_plain(out, body);
    else
        body_add_quoted_printable(out, body);
    str_add(out, "\r\n");
}

/* ---- the message ---- */

static bool is_id_character(unsigned char c)
{
    return c > 0x20 && c < 0x7f && !strchr("<>()[]\\,:;\"/", c);
}

static bool check(const struct mail *mail, struct err *err)
{
    if (!mail_address_is_valid(mail->from.email))
        return err_set(err, ERR_CONFIG, "mail: the sender's address is not one");
    if (!mail_address_is_valid(mail->to.email))
        return err_set(err, ERR_INVALID, "mail: the recipient's address is not one");
    for (const char *c = mail->message_id; *c; c++)
        if (!is_id_character((unsigned char)*c))
            return err_set(err, ERR_INTERNAL, "mail: a message id of other characters");
    return true;
}

static void add_headers(const struct mail *mail, struct str *out)
{
    header_add_address(out, "From", &mail->from);
    header_add_address(out, "To", &mail->to);
    header_add_text(out, "Subject", mail->subject);
    header_add_date(out, mail->date_us);
    str_add_format(out, "Message-ID: <%s>\r\n", mail->message_id);
    if (mail->language)
        header_add_text(out, "Content-Language", mail->language);
    /* No answers of machines to machines. */
    str_add(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
}

bool mail_compose(const struct mail *mail, struct str *out, struct err *err)
{
    assert(mail->text != NULL || mail->html != NULL);
    assert(mail->subject && mail->message_id && mail->message_id[0]);
    if (!check(mail, err))
        return false;
    AUTO(str_release) struct str message = STR_INIT(MAIL_BYTES_MAX);
    add_headers(mail, &message);
    if (mail->text && mail->html) {
        str_add_format(&message, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n",
                       boundary);
        str_add_format(&message, "\r\n--%s\r\n", boundary);
        add_part(&message, "plain", mail->text);
        str_add_format(&message, "--%s\r\n", boundary);
        add_part(&message, "html", mail->html);
        str_add_format(&message, "--%s--\r\n", boundary);
    } else {
        add_part(&message, mail->text ? "plain" : "html", mail->text ? mail->text : mail->html);
    }
    if (!str_ok(&message))
        return err_set(err, ERR_INVALID, "mail: above %d bytes", MAIL_BYTES_MAX);
    str_add_bytes(out, str_data(&message), message.length);
    return str_ok(out) || err_set(err, ERR_INTERNAL, "mail: no room for the message");
}

bool mail_send(struct mail_sender *sender, const struct mail *mail, struct err *err)
{
    AUTO(str_release) struct str message = STR_INIT(MAIL_BYTES_MAX);
    return mail_compose(mail, &message, err) && sender->send(sender, mail, &message, err);
}

void mail_sender_free(struct mail_sender *sender)
{
    if (sender)
        sender->free(sender);
}
