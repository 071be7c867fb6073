/*
 * csv.h: lists as text/csv, for spreadsheets of administrators (RFC 4180, LF). Text that a
 * spreadsheet would take for a formula gets an apostrophe in front.
 *
 *     struct str *out = csv_begin(request, "id,price");
 *     csv_u64(out, trade->id); csv_dec(out, trade->price); csv_end_row(out);
 *     http_reply_built(request, 200);
 */
#ifndef API_CSV_H
#define API_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "decimal/dec.h"
#include "http/http.h"

enum { CSV_ROWS_MAX = 20000 }; /* a list as a file is not paged, but bounded */

/* Whether the request asks for a file: format=csv. */
bool csv_is_asked_for(const char *format);

struct str *csv_begin(struct http_request *request, const char *header);

/* Each value and the comma behind it. */
void csv_text(struct str *out, const char *text); /* NULL: nothing */
void csv_u64(struct str *out, uint64_t number);   /* 0: 0 */
void csv_dec(struct str *out, struct dec value);
void csv_time(struct str *out, int64_t time_us);
void csv_end_row(struct str *out);

#endif
