/* profile_params.h: the parameters of a profile, for users, administrators and servers:
 *
 *     PROFILE_ROWS(struct profile_form, draft), PARAM_END
 */
#ifndef AUTH_HTTP_PROFILE_PARAMS_H
#define AUTH_HTTP_PROFILE_PARAMS_H

#include "auth/domain/profile.h"
#include "http/http.h"

/* Whether a text is a date, or blank, which is none. */
bool check_date(struct http_request *request, const char *text);

#define PROFILE_TEXT_ROW(type, member, field, doc_)                                                \
    {                                                                                              \
        .name = #field, .kind = PARAM_TEXT, .offset = offsetof(type, member.field), .doc = (doc_)  \
    }
#define PROFILE_ROWS(type, member)                                                                 \
    PROFILE_TEXT_ROW(type, member, first_name, "First name."),                                     \
        PROFILE_TEXT_ROW(type, member, last_name, "Last name."),                                   \
        {.name = "dob",                                                                            \
         .kind = PARAM_TEXT,                                                                       \
         .offset = offsetof(type, member.dob),                                                     \
         .check = check_date,                                                                      \
         .value_code = "invalid",                                                                  \
         .doc = "Date of birth, YYYY-MM-DD."},                                                     \
        PROFILE_TEXT_ROW(type, member, address, "Street and number."),                             \
        PROFILE_TEXT_ROW(type, member, postcode, "Postcode."),                                     \
        PROFILE_TEXT_ROW(type, member, city, "City."),                                             \
        PROFILE_TEXT_ROW(type, member, country, "ISO 3166-1, two or three letters."),              \
    {                                                                                              \
        .name = "metadata", .kind = PARAM_JSON, .offset = offsetof(type, member.metadata),         \
        .type_code = "metadata.invalid_format", .doc = "Anything else, JSON."                      \
    }

#endif
