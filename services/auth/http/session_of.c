#include "auth/http/session_of.h"

#include "auth/actions/step_up.h"
#include "auth/http/context.h"
#include "auth/state/config.h"

bool request_session(struct http_request *request, struct call *ret_call,
                     struct session *ret_session)
{
    const char *cookie = http_cookie(request, request_app(request)->config->session_name);
    struct err err;
    if (!request_call(request, ret_call))
        return false;
    if (step_up_session(ret_call, request_user(request), cookie, ret_session, &err))
        return true;
    http_reply_err(request, &err);
    return false;
}

bool request_stepped_up(struct http_request *request, struct call *ret_call,
                        struct session *ret_session)
{
    struct err err;
    if (!request_session(request, ret_call, ret_session))
        return false;
    if (step_up_check(ret_call, request_user(request), ret_session, &err))
        return true;
    http_reply_err(request, &err);
    return false;
}
