/*
 * mask.h: what identifies a person, with its middle hidden (reference barong.md §1, entities). One star
 * for each hidden character. Appends to `out`.
 */
#ifndef AUTH_DOMAIN_MASK_H
#define AUTH_DOMAIN_MASK_H

#include "base/str.h"

void mask_name(struct str *out, const char *name);       /* "O******" */
void mask_date(struct str *out, const char *date);       /* "2007-05-**" */
void mask_document(struct str *out, const char *number); /* "AA****BB" */
/* International digits: the calling code and the last four stay; "380*****2322". */
void mask_phone(struct str *out, const char *digits);

#endif
