/*
 * mail_texts.h: the letters of all languages, and the layouts around them, as the folder
 * services/auth/templates/mail has them (its README describes the files). Read at start, immutable:
 * any thread.
 */
#ifndef AUTH_STATE_MAIL_TEXTS_H
#define AUTH_STATE_MAIL_TEXTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "json/read.h"

enum {
    MAIL_LANGUAGES_MAX = 32,
    MAIL_LETTERS_MAX = 64, /* of one language */
    MAIL_FORM_MAX = 256 * 1024
};

struct mail_texts;

/* What is sent: subject, and two bodies. */
struct mail_form {
    struct str subject, text, html;
};
void mail_form_init(struct mail_form *form);
void mail_form_release(struct mail_form *form);

/* Reads FOLDER/<code>.yml of each code; the letters of the first language are those that there are.
 * ERR_CONFIG: also when a language lacks one of them. */
bool mail_texts_open(const char *folder, const char *const *codes, size_t count,
                     struct mail_texts **ret_texts, struct err *err) MUST_CHECK;
void mail_texts_free(struct mail_texts *texts); /* NULL is fine */

bool mail_texts_has(const struct mail_texts *texts, const char *letter);

/*
 * `values` is an object with app_name, domain, lang and user, in which the event's record and changes
 * hang; words of the language and, for the layout, the finished parts are added to it.
 * ERR_NOT_FOUND: no such letter. Else as letter_fill() (domain/letter.h).
 */
bool mail_texts_fill(const struct mail_texts *texts, size_t language, const char *letter,
                     cJSON *values, struct mail_form *form, struct err *err) MUST_CHECK;

#endif
