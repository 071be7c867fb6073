/* POST /public/kyc: KYCAID says that there is news about a verification. Nothing that it says is believed:
 * it is a reason to ask (reference barong.md §1.1, §2.7). */
#include "auth/actions/kyc.h"
#include "auth/http/context.h"
#include "auth/http/resource_support.h"
#include "auth/http/routes_public.h"
#include "auth/store/throttles.h"

#include <string.h>

enum { ID_CHARS_MAX = 64, CALLS_PER_HOUR = 2000 };

struct callback_form {
    const char *verification_id;
};
static const struct param callback_params[] = {
    {.name = "verification_id",
     .kind = PARAM_TEXT,
     .offset = offsetof(struct callback_form, verification_id),
     .doc = "Of the provider."},
    PARAM_END};

static bool is_id(const char *text)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t length = text ? strspn(text, allowed) : 0;
    return length > 0 && length <= ID_CHARS_MAX && text[length] == '\0';
}

static bool note(struct call *call, const char *id, struct err *err)
{
    const struct throttle limit = {"kyc.callback", call->visitor.ip, CALLS_PER_HOUR};
    bool granted;
    if (!throttle_take(call->db, &limit, call->now_us, &granted, err))
        return false;
    return granted ? kyc_called_back(call, id, err)
                   : err_set(err, ERR_TOO_MANY, "limit %s", limit.name);
}

static void called_back(struct http_request *request)
{
    const struct callback_form *form = http_params(request);
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (kyc_is_local(&call))
        reply_number(request, 422, 422);
    else if (is_id(form->verification_id) && !note(&call, form->verification_id, &err))
        http_reply_err(request, &err);
    else
        reply_number(request, 200, 200);
}

const struct http_route kyc_routes[] = {{.method = "POST",
                                         .path = "/api/v2/public/kyc",
                                         .mode = HTTP_WORKER,
                                         .handler = called_back,
                                         .params = callback_params,
                                         .params_size = sizeof(struct callback_form),
                                         .access = ACCESS_PUBLIC,
                                         .class_name = "public.general",
                                         .status = 200,
                                         .tag = "public",
                                         .doc = "Call-back of the provider of identity checks."},
                                        {.method = NULL}};
