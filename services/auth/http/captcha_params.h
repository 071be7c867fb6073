/* captcha_params.h: the parameter captcha_response: a text, or an object with the fields of Geetest. */
#ifndef AUTH_HTTP_CAPTCHA_PARAMS_H
#define AUTH_HTTP_CAPTCHA_PARAMS_H

#include "auth/actions/captcha.h"
#include "http/param.h"

#define CAPTCHA_FIELD(name_, type, member)                                                         \
    {                                                                                              \
        .name = "captcha_response[geetest_" name_ "]", .kind = PARAM_NESTED,                       \
        .offset = offsetof(type, member), .type_code = "identity.captcha.mandatory_fields",        \
        .doc = "Of Geetest: its " name_ "."                                                        \
    }

/* `type_code`: for what is neither text nor object. */
#define CAPTCHA_ROWS(type_code_, type, member)                                                     \
    {.name = "captcha_response",                                                                   \
     .kind = PARAM_JSON,                                                                           \
     .offset = offsetof(type, member.text),                                                        \
     .type_code = (type_code_),                                                                    \
     .doc = "What the captcha gave: a text, or the object of Geetest."},                           \
        CAPTCHA_FIELD("challenge", type, member.challenge),                                        \
        CAPTCHA_FIELD("validate", type, member.validate),                                          \
        CAPTCHA_FIELD("seccode", type, member.seccode)

#endif
