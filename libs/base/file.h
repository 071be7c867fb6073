/*
 * file.h: a whole file as a text. The ceiling of the text is the bound: what is longer is refused.
 *
 *     AUTO(str_release) struct str text = STR_INIT(KEY_BYTES_MAX);
 *     if (!file_read(path, &text, err)) return false;
 *
 * A file whose size is known is read in one piece, without a buffer in between: what held a secret is
 * wiped with str_wipe() and nowhere else.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* Appends; a pipe is read to its end. ERR_CONFIG, whose story begins with the path. */
bool file_read(const char *path, struct str *out, struct err *err) MUST_CHECK;

#endif
