/*
 * management_support.h: what the calls of other servers have in common. Their errors are sentences:
 * {"error":"user_uid is missing, user_uid is empty"}, {"error":["Email is invalid"]}.
 */
#ifndef AUTH_HTTP_MANAGEMENT_SUPPORT_H
#define AUTH_HTTP_MANAGEMENT_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/actions/call.h"
#include "auth/domain/mistakes.h"
#include "auth/domain/user.h"
#include "auth/http/context.h"
#include "auth/http/list_support.h"
#include "auth/http/routes_admin.h"
#include "http/http.h"

/* A row of a table of parameters; what it does not say is added behind: M_ROW("uid", ...), .doc = .. */
#define M_ROW(name_, kind_, offset_, flags_)                                                       \
    .name = name_, .kind = kind_, .offset = offset_, .flags = flags_,                              \
    .missing_code = name_ " is missing", .empty_code = name_ " is empty",                          \
    .type_code = name_ " is invalid", .value_code = name_ " does not have a valid value"
#define M_NEEDED (PARAM_REQUIRED | PARAM_NOT_BLANK)

/* 422 with the sentence, as a text. */
void reply_sentence(struct http_request *request, const char *sentence);
/* 422 with all the sentences of these codes ("email.invalid": "Email is invalid"), as a list. */
void reply_sentences(struct http_request *request, const char *const *codes, size_t count);
/* The error; one of a broken rule as reply_sentences(). */
void reply_refused(struct http_request *request, const struct err *err);

/* "email.taken" as "Email has already been taken"; what is not known as it is. */
const char *sentence_of(const char *code);

/* Exactly one of these names was given; else the reply is made. `names` ends with NULL. */
bool exactly_one_given(struct http_request *request, const char *const *names);

#endif
