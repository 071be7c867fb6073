/* chain_request.h: parameters that several routes share: the chain in the path. */
#ifndef BLOCKCHAIN_HTTP_CHAIN_REQUEST_H
#define BLOCKCHAIN_HTTP_CHAIN_REQUEST_H

#include "http/http.h"

#define ROW_PATH(text, at, sentence)                                                               \
    {                                                                                              \
        .name = (text), .kind = PARAM_TEXT, .offset = (at),                                        \
        .flags = PARAM_IN_PATH | PARAM_REQUIRED, .doc = (sentence)                                 \
    }

struct chain_request {
    const char *key;
};

#endif
