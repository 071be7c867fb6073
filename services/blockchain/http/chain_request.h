/* chain_request.h: parameters that several routes share: the chain in the path, where a list goes on. */
#ifndef BLOCKCHAIN_HTTP_CHAIN_REQUEST_H
#define BLOCKCHAIN_HTTP_CHAIN_REQUEST_H

#include "http/http.h"

#define ROW_PATH(text, at, sentence)                                                               \
    {                                                                                              \
        .name = (text), .kind = PARAM_TEXT, .offset = (at),                                        \
        .flags = PARAM_IN_PATH | PARAM_REQUIRED, .doc = (sentence)                                 \
    }

/* Rows behind a number: 0 and up. */
#define ROW_AFTER(at, sentence)                                                                    \
    {                                                                                              \
        .name = "after", .kind = PARAM_I64, .offset = (at), .flags = PARAM_RANGE, .min = 0,        \
        .max = INT64_MAX, .fallback = "0", .doc = (sentence)                                       \
    }

#define ROW_LIMIT(at, most)                                                                        \
    {                                                                                              \
        .name = "limit", .kind = PARAM_I64, .offset = (at), .flags = PARAM_RANGE, .min = 1,        \
        .max = (most), .fallback = "100", .doc = "How many at most."                               \
    }

struct chain_request {
    const char *key;
};

#endif
