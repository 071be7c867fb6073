/* captcha_params.h: the parameter captcha_response: a text, or an object with the fields of Geetest. */
#ifndef AUTH_HTTP_CAPTCHA_PARAMS_H
#define AUTH_HTTP_CAPTCHA_PARAMS_H

#include "http/param.h"

/* `type_code_`: for what is neither text nor object. */
#define CAPTCHA_ROW(type_code_, type, member)                                                      \
    {                                                                                              \
        .name = "captcha_response", .kind = PARAM_JSON, .offset = offsetof(type, member),          \
        .flags = PARAM_OR_TEXT, .type_code = (type_code_),                                         \
        .doc = "What the captcha gave: a text, or the object of Geetest."                          \
    }

#endif
