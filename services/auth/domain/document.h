/*
 * document.h: documents of identity, and the rules of what may be uploaded (reference barong.md §2.7).
 * Pure.
 *
 * What a file is, its content says: the first bytes of JPEG, PNG and PDF. Name and type that the client
 * gave only have to agree with it. So a script that calls itself a picture is refused, and a picture
 * whose head announces more pixels than anybody needs too (reading it would take the memory of the
 * reader).
 */
#ifndef AUTH_DOMAIN_DOCUMENT_H
#define AUTH_DOMAIN_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/calendar.h"
#include "auth/domain/mistakes.h"
#include "contract/param_value.h"

enum {
    DOCUMENT_UPLOAD_SIZE = 201,
    DOCUMENT_NUMBER_CHARS_MAX = 128,
    DOCUMENT_METADATA_BYTES_MAX = 65535,
    DOCUMENT_PIXELS_MAX = 64 * 1000 * 1000, /* of one picture */
    DOCUMENT_SIDE_MAX = 20000               /* pixels */
};

struct document {
    uint64_t id, user_id;
    char upload[DOCUMENT_UPLOAD_SIZE]; /* key in the file store */
    const char *doc_type;
    const char *doc_number;                           /* clear; NULL: none (addresses) */
    char doc_expire[DATE_SIZE], doc_issue[DATE_SIZE]; /* "": none */
    const char *doc_category;                         /* NULL: none */
    const char *identificator;
    const char *metadata; /* JSON text; NULL: none */
    int64_t created_at, updated_at;
};

enum upload_kind { UPLOAD_JPEG, UPLOAD_PNG, UPLOAD_PDF, UPLOAD_KIND_MAX };

const char *upload_extension(enum upload_kind kind);  /* "jpg" */
const char *upload_media_type(enum upload_kind kind); /* "image/jpeg" */
/* By the extension of a key that we made; false: none of ours. */
bool upload_kind_of_key(const char *key, enum upload_kind *ret_kind);

struct upload_limits {
    size_t bytes_min, bytes_max;
    const char *extensions; /* "jpg, jpeg, png, pdf" */
};

/* Adds "upload.blank" and a sentence if the file may not be kept. */
void upload_check(const struct param_file *file, const struct upload_limits *limits,
                  enum upload_kind *ret_kind, struct mistakes *mistakes);

/* Letters, digits, blanks, '-': "doc_number.invalid", "doc_number.too_long". */
void document_number_check(const char *number, struct mistakes *mistakes);

#endif
