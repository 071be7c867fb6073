/*
 * param.h: the parameters of a route are a table next to a plain struct. One table reads (path,
 * query, form or JSON body), validates, and documents.
 *
 * The rules are those of reference/peatio.md 1.1: all validators of all rows run, nothing
 * short-circuits; the codes are de-duplicated and grouped by parameter in the order of the rows.
 * Codes: `type_code` when the text does not convert (default "invalid"), `value_code` when it breaks
 * a rule (default "value"); missing ones are composed: "<class>.missing_<name>", blank ones
 * "<class>.empty_<name>", where <class> is the route's, e.g. "market.order".
 *
 *   - A failed conversion also runs the value rule, so that volume=test gives both codes.
 *   - A missing required parameter also gives its value_code if it has a value rule.
 *   - PARAM_CONDITIONAL rows (required only when `required_if` says so) give missing_ alone.
 *   - "" for a number counts as absent; with PARAM_NOT_BLANK it is empty_<name>.
 *   - Unknown parameters are ignored.
 *   - PARAM_MULTI takes a scalar, name[]=a&name[]=b, or a JSON array; at most PARAM_ITEMS_MAX.
 *   - A decimal that comes as a JSON number above 15 significant digits is a type failure.
 */
#ifndef HTTP_PARAM_H
#define HTTP_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "contract/param_value.h"
#include "decimal/dec.h"

enum { PARAM_ITEMS_MAX = 100, PARAM_CODES_MAX = 64, PARAM_TEXT_BYTES_MAX = 65536 };

enum param_kind {
    PARAM_TEXT,   /* const char *: as given; NULL if absent */
    PARAM_I64,    /* struct param_i64 */
    PARAM_DEC,    /* struct param_dec: plain decimal */
    PARAM_BOOL,   /* struct param_bool: true/false (also 1/0, "t"/"f" as Grape takes them) */
    PARAM_TIME,   /* struct param_i64: ISO-8601 text to microseconds */
    PARAM_JSON,   /* const char *: JSON text (an object given in place is printed again) */
    PARAM_NESTED, /* const char *: search[...]: member `name` written as "search[code]" */
    PARAM_MULTI,  /* struct param_list of texts */
    PARAM_FILES   /* struct param_files: parts of multipart/form-data, "name" or "name[]" */
};

/* struct param_i64, param_dec, param_bool, param_list, param_files: contract/param_value.h */

enum param_flag {
    PARAM_REQUIRED = 1,
    PARAM_NOT_BLANK = 2,     /* present but empty is empty_<name> */
    PARAM_LOWER = 4,         /* trimmed and lower-cased */
    PARAM_IN_PATH = 8,       /* ":name" of the path */
    PARAM_RANGE = 16,        /* numbers: min <= value <= max, else value_code */
    PARAM_POSITIVE = 32,     /* decimals: > 0, else value_code */
    PARAM_NOT_NEGATIVE = 64, /* decimals: >= 0, else value_code */
    PARAM_OR_TEXT = 128      /* PARAM_JSON: an object, or any text as it is */
};

struct http_request;

struct param {
    const char *name;
    enum param_kind kind;
    size_t offset; /* in the request struct */
    unsigned flags;
    int64_t min, max;       /* PARAM_RANGE */
    const char *fallback;   /* the default, as text; NULL: none */
    const char *values;     /* allowed texts, "asc desc"; NULL: any; for PARAM_MULTI each item */
    const char *type_code;  /* NULL: "invalid" */
    const char *value_code; /* NULL: "value" */
    const char *missing_code, *empty_code; /* NULL: composed */
    const char *length_code;               /* text above `max` bytes; needs PARAM_RANGE */
    /* A rule of the service (does this market exist?); text is each item of a list. NULL: none.
     * Runs for text that is given, also after a failed conversion; false gives value_code. */
    bool (*check)(struct http_request *request, const char *text);
    /* Conditional requirement, asked after the rows before it are read; NULL: unconditional. */
    bool (*required_if)(const void *params);
    const char *doc;
};

#define PARAM_END                                                                                  \
    {                                                                                              \
        .name = NULL                                                                               \
    }

#endif
