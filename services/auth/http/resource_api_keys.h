/* resource_api_keys.h: what the keys of users and of their service accounts have in common: parameters,
 * and the second factor of the owner. */
#ifndef AUTH_HTTP_RESOURCE_API_KEYS_H
#define AUTH_HTTP_RESOURCE_API_KEYS_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "auth/http/api_key_view.h"
#include "http/http.h"

/* Whether the code is one of the user's second factor; false: the reply is made, with wrong_code. */
bool api_key_permit(struct http_request *request, struct call *call, const struct user *user,
                    const char *code, const char *wrong_code);

#define API_KEY_LIST_ROWS(prefix, type, ordering_, order_by_)                                      \
    {.name = "ordering",                                                                           \
     .kind = PARAM_TEXT,                                                                           \
     .offset = offsetof(type, ordering_),                                                          \
     .fallback = "asc",                                                                            \
     .values = "asc desc",                                                                         \
     .value_code = prefix ".invalid_ordering",                                                     \
     .doc = "Direction of the order."},                                                            \
    {                                                                                              \
        .name = "order_by", .kind = PARAM_TEXT, .offset = offsetof(type, order_by_),               \
        .fallback = "id", .check = check_api_key_column,                                           \
        .value_code = prefix ".invalid_attribute", .doc = "Column that orders."                    \
    }
#define API_KEY_KID_ROW(at)                                                                        \
    {                                                                                              \
        .name = "kid", .kind = PARAM_TEXT, .offset = (at), .flags = PARAM_IN_PATH,                 \
        .doc = "Name of the key."                                                                  \
    }
#define API_KEY_CODE_ROW(missing, at)                                                              \
    {                                                                                              \
        .name = "totp_code", .kind = PARAM_TEXT, .offset = (at),                                   \
        .flags = PARAM_REQUIRED | PARAM_NOT_BLANK, .missing_code = (missing),                      \
        .doc = "Code of the owner's second factor."                                                \
    }
#define API_KEY_ALGORITHM_ROW(at)                                                                  \
    {                                                                                              \
        .name = "algorithm", .kind = PARAM_TEXT, .offset = (at),                                   \
        .flags = PARAM_REQUIRED | PARAM_NOT_BLANK, .doc = "HS256."                                 \
    }
#define API_KEY_SCOPE_ROW(at)                                                                      \
    {                                                                                              \
        .name = "scope", .kind = PARAM_TEXT, .offset = (at), .flags = PARAM_NOT_BLANK,             \
        .doc = "What it may at most be used for: read, trade, barong, peatio.read, peatio.trade, " \
               "peatio, with commas between them. A key without is used for everything."           \
    }
#define API_KEY_STATE_ROW(at)                                                                      \
    {                                                                                              \
        .name = "state", .kind = PARAM_TEXT, .offset = (at),                                       \
        .doc = "active, or anything else: it signs nothing."                                       \
    }

#endif
