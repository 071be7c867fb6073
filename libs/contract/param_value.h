/*
 * param_value.h: values that may be absent, as the parameters of a request and the rows of a seed
 * file carry them. One struct of such values serves both: libs/http fills it from a request, the
 * seed reader from YAML, and an action takes it without knowing which.
 *
 * Text that is absent is a NULL pointer and needs no struct. Plain data: copy freely.
 */
#ifndef CONTRACT_PARAM_VALUE_H
#define CONTRACT_PARAM_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decimal/dec.h"

struct param_i64 {
    int64_t value;
    bool given; /* or filled by the default */
};
struct param_dec {
    struct dec value;
    bool given;
};
struct param_bool {
    bool value, given;
};
struct param_list {
    const char **items;
    size_t count;
};

/* A file that was sent with a form. Its bytes live with the request; its name and type are what the
 * client says, and decide nothing alone. */
struct param_file {
    const char *filename, *media_type; /* media_type NULL: not said */
    const void *bytes;
    size_t length;
};
struct param_files {
    const struct param_file **items;
    size_t count;
    size_t others; /* of this name, but no file: a plain text in its place */
};

#endif
