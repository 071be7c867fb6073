#include "blockchain/actions/service_call.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "fetch/fetch.h"
#include "token/token.h"

enum { TOKEN_LIFETIME_S = 60, URL_BYTES_MAX = 2048 };

struct service_call {
    struct service_call_spec spec;
    struct fetch *fetch;
    struct token_signer *signer;
};

bool service_call_open(const struct service_call_spec *spec, struct service_call **ret_call,
                       struct err *err)
{
    struct service_call *call = calloc(1, sizeof(*call));
    if (!call)
        return err_set(err, ERR_INTERNAL, "no memory");
    call->spec = *spec;
    call->fetch = fetch_new();
    if (!call->fetch) {
        service_call_close(call);
        return err_set(err, ERR_INTERNAL, "no memory");
    }
    if (!token_signer_new("ES256", "blockchain", spec->private_key, &call->signer, err)) {
        service_call_close(call);
        return false;
    }
    *ret_call = call;
    return true;
}

void service_call_close(struct service_call *call)
{
    if (!call)
        return;
    fetch_free(call->fetch);
    token_signer_free(call->signer);
    free(call);
}

bool service_call_run(struct service_call *call, const char *method, const char *path,
                      const char *body, long *ret_status, struct str *out, struct err *err)
{
    AUTO(str_release) struct str url = STR_INIT(URL_BYTES_MAX);
    AUTO(str_release) struct str token = STR_INIT(TOKEN_BYTES_MAX);
    if (!token_sign_service(call->signer, "blockchain", call->spec.audience,
                            clock_now_us(call->spec.clock), TOKEN_LIFETIME_S, &token, err))
        return false;
    str_add(&url, call->spec.base_url);
    str_add(&url, path);
    if (!str_ok(&url))
        return err_set(err, ERR_INVALID, "%s: too long a path", call->spec.audience);
    const struct fetch_request request = {.method = method,
                                          .url = str_data(&url),
                                          .bearer = str_data(&token),
                                          .content_type = body ? "application/json" : NULL,
                                          .body = body,
                                          .body_length = body ? strlen(body) : 0,
                                          .timeout_ms = call->spec.timeout_ms};
    str_clear(out);
    return fetch_run(call->fetch, &request, ret_status, out, err);
}
