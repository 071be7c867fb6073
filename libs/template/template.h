/*
 * template.h: text with holes, for pages and mails. A template is read once, checked, and filled any
 * number of times from a JSON tree.
 *
 *     {{name}}                 the value; in HTML its special characters are escaped
 *     {{{name}}}               the value as it is: only for HTML that a template of ours has made
 *     {{#name}} .. {{/name}}   for each item of a list; once for anything else that is not empty
 *     {{^name}} .. {{/name}}   when it is absent, null, false, "" or an empty list
 *     {{! a remark}}
 *
 * A name may be a path ("user.email"), "." is the item of a list. It is looked for in the innermost
 * section first, then outwards. A line that holds nothing but one section tag or remark leaves no
 * empty line. A value that is absent is an error (a mail with a hole helps nobody); null is "".
 *
 * Escaping makes a value safe as text of an element and inside of a quoted attribute. It does not make
 * an address safe: who puts one into href checks its scheme first.
 *
 * A template is never changed after template_parse(): any number of threads may fill it.
 */
#ifndef TEMPLATE_TEMPLATE_H
#define TEMPLATE_TEMPLATE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum { TEMPLATE_BYTES_MAX = 256 * 1024, TEMPLATE_PIECES_MAX = 4096, TEMPLATE_DEPTH_MAX = 8 };

enum template_escape { TEMPLATE_TEXT, TEMPLATE_HTML };

struct template;

/* ERR_CONFIG with the line of what is wrong. */
bool template_parse(const char *text, size_t length, struct template **ret_template,
                    struct err *err) MUST_CHECK;
/* The same from a file. */
bool template_open(const char *path, struct template **ret_template, struct err *err) MUST_CHECK;
void template_free(struct template *template); /* NULL is fine */

/* Appends the filled text. ERR_INTERNAL: a value is absent, is no text, or there is no room. */
bool template_fill(const struct template *template, enum template_escape escape,
                   const cJSON *values, struct str *out, struct err *err) MUST_CHECK;

/* Appends a text with & < > " ' escaped. */
void template_escape_html(struct str *out, const char *text);

#endif
