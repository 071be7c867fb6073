/*
 * mail.h: a letter as an Internet message (RFC 5322, MIME), and the ways out: SMTP over libcurl, or
 * a folder of .eml files that nobody sends (the outbox of a local stack).
 *
 *     struct mail mail = {.from = {"Bourse", "noreply@bourse.test"}, .to = {NULL, user->email},
 *                         .subject = subject, .text = text, .html = html, ...};
 *     if (!mail_send(sender, &mail, err)) ...        // ERR_INVALID: never; ERR_PEER_UNAVAILABLE: later
 *
 * Nothing that a letter says can become a header: addresses are refused unless they are plain
 * (mail_address_is_valid), control characters in a subject or a name are blanks, and all that is
 * not ASCII is an encoded word. Bodies are UTF-8: as they are when they are ASCII in short lines,
 * else quoted-printable. A letter with both texts is multipart/alternative.
 *
 * A letter sent twice has the same Message-ID, so that who receives it can tell.
 *
 * Errors name no recipient and hold nothing of a body. One sender belongs to one thread; it keeps
 * its connection between letters. Every call ends by its deadline.
 */
#ifndef MAIL_MAIL_H
#define MAIL_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum {
    MAIL_ADDRESS_MAX = 254, /* RFC 5321 */
    MAIL_HEADER_MAX = 500,  /* a subject or a name, in bytes */
    MAIL_BYTES_MAX = 1 << 20
};

/* ---- the letter ---- */

struct mail_address {
    const char *name;  /* shown; NULL or "": none */
    const char *email; /* ASCII */
};

struct mail {
    struct mail_address from, to;
    const char *subject;
    const char *text, *html; /* UTF-8, lines end with \n; one of them may be NULL */
    const char *message_id;  /* "1f0c@bourse.test", without the angle brackets */
    const char *language;    /* "en"; NULL: not said */
    int64_t date_us;
};

/* ASCII, one '@', no blanks, no brackets, quotes or commas: what needs no quoting in a header. */
bool mail_address_is_valid(const char *email);

/* Appends the message, with CRLF lines. ERR_INVALID: an address, or it is above MAIL_BYTES_MAX. */
bool mail_compose(const struct mail *mail, struct str *out, struct err *err) MUST_CHECK;

/* ---- the ways out ---- */

struct mail_sender;

enum mail_tls {
    MAIL_TLS_NONE,     /* plain: a relay on the same machine */
    MAIL_TLS_REQUIRED, /* STARTTLS, or nothing is sent */
    MAIL_TLS_IMPLICIT  /* TLS from the first byte (smtps, port 465) */
};

struct mail_smtp {
    const char *host;
    uint16_t port;
    enum mail_tls tls;
    const char *user, *password; /* NULL or "": no authentication */
    const char *ca_file;         /* NULL or "": the system's */
    const char *hello;           /* our name for EHLO; NULL or "": localhost */
    long timeout_ms;             /* of one letter; 0: 30,000 */
};

/* Password and user are copied. */
bool mail_smtp_open(const struct mail_smtp *smtp, struct mail_sender **ret_sender, struct err *err)
    MUST_CHECK;
/* Files FOLDER/<message id>.eml, each whole or not there; the oldest go above `letters_max`. The
 * folder is made if it is not there. */
bool mail_outbox_open(const char *folder, size_t letters_max, struct mail_sender **ret_sender,
                      struct err *err) MUST_CHECK;
void mail_sender_free(struct mail_sender *sender); /* NULL is fine */

/* ERR_INVALID: this letter will never be taken (the peer refused it for good). ERR_PEER_UNAVAILABLE:
 * it may be later. ERR_INTERNAL: no memory, no disk. */
bool mail_send(struct mail_sender *sender, const struct mail *mail, struct err *err) MUST_CHECK;

/* ---- looking into an outbox ---- */

enum { MAIL_OUTBOX_NAME_SIZE = 256 };

struct mail_outbox_entry {
    char name[MAIL_OUTBOX_NAME_SIZE]; /* of the file, with .eml */
    int64_t written_us;
};

/* The newest first, at most `max`; a folder that is not there is empty. */
size_t mail_outbox_list(const char *folder, struct mail_outbox_entry *ret_entries, size_t max);
/* Appends the message. ERR_NOT_FOUND: no such letter, or no name of one. */
bool mail_outbox_read(const char *folder, const char *name, struct str *out, struct err *err)
    MUST_CHECK;

/* What a reader sees of a message that mail_compose() made. */
struct mail_shown {
    struct str to, subject, date, text; /* UTF-8 */
};
void mail_shown_init(struct mail_shown *shown);
void mail_shown_release(struct mail_shown *shown);
/* The first body counts: the plain one if there is one. ERR_PROTOCOL: another kind of message. */
bool mail_read(const char *message, struct mail_shown *shown, struct err *err) MUST_CHECK;

#endif
