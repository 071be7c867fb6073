/* verify.h: inside the module. The header rules that compact and general form share. */
#ifndef TOKEN_VERIFY_H
#define TOKEN_VERIFY_H

#include <cjson/cJSON.h>

#include "token/token.h"

/* Reads one part: base64url of a JSON object. The caller deletes the object. */
bool part_read_object(const char *part, size_t length, cJSON **ret_object, struct err *err)
    MUST_CHECK;

/* A header names no key, asks for nothing that we would have to understand, is no wrapper. */
bool header_check(const cJSON *header, struct err *err) MUST_CHECK;

#endif
