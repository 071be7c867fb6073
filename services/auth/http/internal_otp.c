/*
 * /internal/otp/verify: another service of the platform asks whether a one-time code is right, before
 * it does what its user asked for (a withdrawal, a transfer). A right code is used up, whoever asked;
 * tries count as they do at sign-in. Who is unknown or has no codes has no right one.
 */
#include <stddef.h>
#include <string.h>

#include "auth/actions/totp.h"
#include "auth/http/access.h"
#include "auth/http/context.h"
#include "auth/http/routes_authz.h"
#include "auth/store/users.h"

struct code_form {
    const char *uid, *code;
};

#define AT(member) offsetof(struct code_form, member)
static const struct param code_params[] = {{.name = "uid",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(uid),
                                            .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                            .doc = "Whose code."},
                                           {.name = "code",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(code),
                                            .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                            .doc = "What his app shows now."},
                                           PARAM_END};
#undef AT

struct answer {
    bool valid;
};
static const struct json_field answer_fields[] = {
    {"valid", JSON_BOOL, offsetof(struct answer, valid), .doc = "The code is right, and used up."},
    {NULL},
};

/* The answer without an error is true; what is not known is one. */
static bool code_is_right(struct call *call, const struct code_form *form, bool *ret_valid,
                          struct err *err)
{
    struct user user;
    enum totp_answer answer;
    *ret_valid = false;
    if (!users_by_uid(call->db, NULL, form->uid, &user, err))
        return err->code == ERR_NOT_FOUND;
    if (!user.otp || strcmp(user.state, "active") != 0)
        return true;
    if (!totp_use(call, &user, form->code, &answer, err))
        return false;
    *ret_valid = answer == TOTP_RIGHT;
    return true;
}

static void verify(struct http_request *request)
{
    struct answer answer;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (code_is_right(&call, http_params(request), &answer.valid, &err))
        http_reply_object(request, answer_fields, &answer);
    else
        http_reply_err(request, &err);
}

const struct http_route internal_otp_routes[] = {
    {.method = "POST",
     .path = "/api/v2/internal/otp/verify",
     .mode = HTTP_WORKER,
     .handler = verify,
     .params = code_params,
     .params_size = sizeof(struct code_form),
     .reply = answer_fields,
     .status = 200,
     .access = ACCESS_INTERNAL,
     .class_name = "internal.otp",
     .tag = "internal",
     .doc = "Whether a one-time code of a user is right; it is used up."},
    {.method = NULL}};
