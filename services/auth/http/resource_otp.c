/* /resource/otp: codes of an app (reference barong.md §1.3). */
#include "auth/actions/otp.h"
#include "auth/http/context.h"
#include "auth/http/resource_support.h"
#include "auth/http/routes_resource.h"
#include "auth/state/config.h"
#include "base/auto.h"
#include "crypto/crypto.h"
#include "json/field.h"
#include "qr/qr.h"

enum { URL_BYTES_MAX = 1024, PICTURE_BYTES_MAX = 64 * 1024, PICTURE_PIXELS = 300 };

/* The shape of Vault's TOTP engine, which Barong handed through. */
struct seed_view {
    const char *barcode, *url;
};
struct envelope_view {
    const char *request_id, *lease_id, *none;
    bool renewable;
    int32_t lease_duration;
    struct seed_view data;
};

#define AT(member) offsetof(struct seed_view, member)
static const struct json_field seed_fields[] = {
    {"barcode", JSON_TEXT, AT(barcode), .doc = "PNG of the QR code, in base64."},
    {"url", JSON_TEXT, AT(url), .doc = "otpauth:// address for the app; it holds the seed."},
    {NULL}};
#undef AT
#define AT(member) offsetof(struct envelope_view, member)
static const struct json_field envelope_fields[] = {
    {"request_id", JSON_TEXT, AT(request_id), .doc = "Of this request."},
    {"lease_id", JSON_TEXT, AT(lease_id), .doc = "Empty."},
    {"lease_duration", JSON_I32, AT(lease_duration), .doc = "0."},
    {"renewable", JSON_BOOL, AT(renewable), .doc = "False."},
    {"data", JSON_OBJECT, AT(data), .sub = seed_fields, .doc = "The new seed."},
    {"auth", JSON_TEXT, AT(none), .doc = "Null."},
    {"warnings", JSON_TEXT, AT(none), .doc = "Null."},
    {"wrap_info", JSON_TEXT, AT(none), .doc = "Null."},
    {"metadata", JSON_TEXT, AT(none), .doc = "Null."},
    {NULL}};
#undef AT

static void ask(struct http_request *request)
{
    AUTO(str_wipe) struct str url = STR_INIT(URL_BYTES_MAX);
    AUTO(str_wipe) struct str picture = STR_INIT(PICTURE_BYTES_MAX);
    AUTO(str_wipe) struct str barcode = STR_INIT(2 * PICTURE_BYTES_MAX);
    struct call call;
    struct user user;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    if (!otp_ask(&call, &user, &url, &err) ||
        !qr_png(str_data(&url), PICTURE_PIXELS, &picture, &err)) {
        http_reply_err(request, &err);
        return;
    }
    base64_write(&barcode, picture.data, picture.length);
    const struct envelope_view view = {.request_id = http_request_id(request),
                                       .lease_id = "",
                                       .data = {str_data(&barcode), str_data(&url)}};
    http_reply_object(request, envelope_fields, &view);
}

struct code_form {
    const char *code;
};

static const struct param code_params[] = {{.name = "code",
                                            .kind = PARAM_TEXT,
                                            .offset = offsetof(struct code_form, code),
                                            .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                            .doc = "What the app shows now."},
                                           PARAM_END};

static const char *session_cookie(struct http_request *request)
{
    return http_cookie(request, request_app(request)->config->session_name);
}

static void change(struct http_request *request, int status,
                   bool (*action)(struct call *call, const struct user *user, const char *code,
                                  const char *cookie, struct err *err))
{
    const struct code_form *form = http_params(request);
    struct call call;
    struct user user;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    if (action(&call, &user, form->code, session_cookie(request), &err))
        reply_number(request, status, 200);
    else
        http_reply_err(request, &err);
}

static void enable(struct http_request *request)
{
    change(request, 201, otp_enable);
}

static void disable(struct http_request *request)
{
    change(request, 200, otp_disable);
}

static void verify(struct http_request *request)
{
    const struct code_form *form = http_params(request);
    struct call call;
    struct user user;
    struct err err;
    if (!resource_call(request, &call, &user))
        return;
    if (otp_verify(&call, &user, form->code, &err))
        http_reply_text(request, 201, "null", 4);
    else
        http_reply_err(request, &err);
}

#define OTP "/api/v2/resource/otp/"

const struct http_route resource_otp_routes[] = {
    {.method = "POST",
     .path = OTP "generate_qrcode",
     .mode = HTTP_WORKER,
     .handler = ask,
     .reply = envelope_fields,
     .access = ACCESS_USER,
     .class_name = "resource.otp",
     .tag = "resource",
     .doc = "A new seed for an app, as a picture and as an address."},
    {.method = "POST",
     .path = OTP "enable",
     .mode = HTTP_WORKER,
     .handler = enable,
     .params = code_params,
     .params_size = sizeof(struct code_form),
     .access = ACCESS_USER,
     .class_name = "resource.otp",
     .tag = "resource",
     .doc = "Switch the second factor on, by a code; my other sessions end."},
    {.method = "POST",
     .path = OTP "disable",
     .mode = HTTP_WORKER,
     .handler = disable,
     .params = code_params,
     .params_size = sizeof(struct code_form),
     .status = 200,
     .access = ACCESS_USER,
     .class_name = "resource.otp",
     .tag = "resource",
     .doc = "Switch the second factor off, by a code; my API keys become inactive."},
    {.method = "POST",
     .path = OTP "verify",
     .mode = HTTP_WORKER,
     .handler = verify,
     .params = code_params,
     .params_size = sizeof(struct code_form),
     .access = ACCESS_USER,
     .class_name = "resource.otp",
     .tag = "resource",
     .doc = "Whether a code is right; it is used up."},
    {.method = NULL}};
