/* verify.h: inside the module. The header rules that compact and general form share. */
#ifndef TOKEN_VERIFY_H
#define TOKEN_VERIFY_H

#include <cjson/cJSON.h>

#include "token/token.h"

/* Reads one part: base64url of a JSON object. The caller deletes the object. */
bool part_read_object(const char *part, size_t length, cJSON **ret_object, struct err *err)
    MUST_CHECK;

/* A header names no key, asks for nothing that we would have to understand, is no wrapper. `type`: see
 * struct token_rules. */
bool header_check(const cJSON *header, const char *type, struct err *err) MUST_CHECK;

/* The key that a header brings along (jwk), where that is the point: a proof of possession. */
struct embedded {
    struct token_keys *keys; /* that one key, named `thumbprint` */
    char *thumbprint;
};
bool header_key(const cJSON *header, struct embedded *embedded, struct err *err) MUST_CHECK;

#endif
