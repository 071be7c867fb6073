/* internal.h: inside the module. The parts of a message, and what a way out has to offer. */
#ifndef MAIL_INTERNAL_H
#define MAIL_INTERNAL_H

#include "mail/mail.h"

/* "Name: value" with CRLF; the value in encoded words where it is not plain ASCII. */
void header_add_text(struct str *out, const char *name, const char *value);
/* "Name: phrase <email>" with CRLF. */
void header_add_address(struct str *out, const char *name, const struct mail_address *address);
/* "Date: Fri, 27 Nov 2026 18:00:00 +0000" with CRLF. */
void header_add_date(struct str *out, int64_t date_us);

/* Whether a body may go as it is: ASCII without control characters, no line above 998 bytes. */
bool body_is_plain(const char *body);
void body_add_plain(struct str *out, const char *body);            /* \n becomes CRLF */
void body_add_quoted_printable(struct str *out, const char *body); /* RFC 2045 6.7 */

struct mail_sender {
    bool (*send)(struct mail_sender *sender, const struct mail *mail, const struct str *message,
                 struct err *err);
    void (*free)(struct mail_sender *sender);
};

#endif
