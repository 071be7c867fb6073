/*
 * letter.h: the text of a mail, written once and shown twice: as plain text and as HTML. A letter is
 * paragraphs with empty lines between them; a paragraph may be a link or a list of facts:
 *
 *     Somebody signed in to your account.
 *
 *     | Address: {{record.user_ip}}
 *     | Browser: {{record.user_agent}}
 *
 *     [Change the password]({{domain}}/profile)
 *
 * The marks are read before the holes are filled, so a value from outside is never a link or a new
 * paragraph; it is text, escaped in the HTML. A link's address must begin with the `domain` of the
 * values and hold only characters of addresses: ERR_INVALID else.
 *
 * A letter is never changed after letter_parse(): any number of threads may fill it.
 */
#ifndef AUTH_DOMAIN_LETTER_H
#define AUTH_DOMAIN_LETTER_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "json/read.h"

enum {
    LETTER_BLOCKS_MAX = 32,
    LETTER_SUBJECT_MAX = 400, /* bytes, filled */
    LETTER_TEXT_MAX = 64 * 1024,
    LETTER_ADDRESS_MAX = 4096 /* of a link, filled: it holds a token */
};

struct letter;

/* ERR_CONFIG. */
bool letter_parse(const char *subject, const char *body, struct letter **ret_letter,
                  struct err *err) MUST_CHECK;
void letter_free(struct letter *letter); /* NULL is fine */

/* Appends the three texts; the last two are what a layout goes around. ERR_INTERNAL: a value is
 * absent; ERR_INVALID: an address leads elsewhere. */
bool letter_fill(const struct letter *letter, const cJSON *values, struct str *subject,
                 struct str *text, struct str *html, struct err *err) MUST_CHECK;

/* Makes every text in the tree one line without control characters: what comes from outside. */
void letter_clean(cJSON *values);

#endif
