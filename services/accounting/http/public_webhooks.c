/*
 * POST /public/webhooks/:adapter/:event: a custodian tells that something happened. It goes on to the
 * blockchain gateway as it came, which knows the custodian and believes nothing that it does not ask
 * for itself.
 */
#include <stdio.h>

#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "accounting/http/routes_public.h"
#include "accounting/peers/peers.h"
#include "base/auto.h"

enum { PATH_SIZE = 160, CODE_SIZE = 96, BODY_BYTES_MAX = 256 * 1024, CALL_MS = 15000 };

struct webhook_path {
    const char *adapter, *event;
};

/* Part of a URL of ours. */
static bool check_adapter(struct http_request *request, const char *name)
{
    size_t length = 0;
    (void)request;
    for (; name[length]; length++) {
        char c = name[length];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_';
        if (!plain)
            return false;
    }
    return length > 0 && length <= 40;
}

#define AT(member) offsetof(struct webhook_path, member)
static const struct param path_params[] = {{.name = "adapter",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(adapter),
                                            .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                            .check = check_adapter,
                                            .value_code = "public.webhook.invalid_adapter",
                                            .doc = "Name of the custodian's back end."},
                                           {.name = "event",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(event),
                                            .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                            .values = "deposit withdraw deposit_address",
                                            .value_code = "public.webhook.invalid_event",
                                            .doc = "deposit, withdraw or deposit_address."},
                                           PARAM_END};
#undef AT

static bool hand_over(struct http_request *request, const struct webhook_path *path)
{
    AUTO(str_release) struct str answer = STR_INIT(PEER_ANSWER_BYTES_MAX);
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    const char *signature = http_header(request, "X-Signature-SHA256");
    char url[PATH_SIZE];
    struct err err;
    size_t length;
    long status;
    const char *bytes = http_body(request, &length);
    str_add(&body, "{\"body\":");
    json_write_string_bytes(&body, bytes ? bytes : "", bytes ? length : 0);
    str_add(&body, ",\"signature\":");
    json_write_string(&body, signature);
    str_add_char(&body, '}');
    if (!str_ok(&body))
        return false;
    snprintf(url, sizeof(url), "/internal/webhooks/%s/%s", path->adapter, path->event);
    const struct peer_request call = {.peer = PEER_BLOCKCHAIN,
                                      .method = "POST",
                                      .path = url,
                                      .body = str_data(&body),
                                      .timeout_ms = CALL_MS};
    return peer_call(request_app(request)->peers, &call, &status, &answer, &err) && status >= 200 &&
           status < 300;
}

static void webhook(struct http_request *request)
{
    const struct webhook_path *path = http_params(request);
    char code[CODE_SIZE];
    if (hand_over(request, path)) {
        http_reply_text(request, 200, "200", 3);
        return;
    }
    snprintf(code, sizeof(code), "public.webhook.cannot_perfom_%.40s_%.20s", path->adapter,
             path->event);
    reply_code(request, code);
}

const struct http_route public_webhook_routes[] = {
    {.method = "POST",
     .path = "/api/v2/public/webhooks/:adapter/:event",
     .mode = HTTP_WORKER,
     .handler = webhook,
     .params = path_params,
     .params_size = sizeof(struct webhook_path),
     .status = 200,
     .body_bytes_max = 64 * 1024,
     .access = ACCESS_PUBLIC,
     .class_name = "public.webhook",
     .tag = "public",
     .doc = "A custodian's news, handed to the blockchain gateway."},
    {.method = NULL}};
