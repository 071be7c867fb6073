#include "auth/actions/captcha.h"

#include <string.h>

#include "auth/state/config.h"
#include "auth/state/rules.h"
#include "base/auto.h"
#include "crypto/crypto.h"
#include "fetch/fetch.h"
#include "json/read.h"

enum {
    ANSWER_BYTES_MAX = 16 * 1024,
    FORM_BYTES_MAX = 16 * 1024,
    URL_BYTES_MAX = 512,
    CONNECT_MS = 2000,
    CALL_MS = 5000,
    STATUS_OK = 200
};

DEFINE_AUTO(struct fetch, fetch_free);
DEFINE_AUTO(cJSON, cJSON_Delete);

static bool is_blank(const char *text)
{
    return !text || text[strspn(text, " \t\r\n")] == '\0';
}

static void add_encoded(struct str *out, const char *value)
{
    static const char plain[] = "-._~";
    for (const char *c = value; *c; c++) {
        bool is_alnum =
            (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z');
        if (is_alnum || strchr(plain, *c))
            str_add_char(out, *c);
        else
            str_add_format(out, "%%%02X", (unsigned)(unsigned char)*c);
    }
}

static void add_field(struct str *form, const char *name, const char *value)
{
    if (form->length > 0)
        str_add_char(form, '&');
    str_add(form, name);
    str_add_char(form, '=');
    add_encoded(form, value);
}

/* `form` NULL: a GET. The answer is appended; false also for any status but 200. */
static bool ask(const struct str *url, const struct str *form, struct str *answer, struct err *err)
{
    AUTO_FREE(fetch_free) struct fetch *fetch = fetch_new();
    long status;
    if (!fetch || !str_ok(url) || (form && !str_ok(form)))
        return err_set(err, ERR_INTERNAL, "no memory to ask the captcha's provider");
    struct fetch_request request = {
        .url = str_data(url), .connect_timeout_ms = CONNECT_MS, .timeout_ms = CALL_MS};
    if (form) {
        request.method = "POST";
        request.content_type = "application/x-www-form-urlencoded";
        request.body = str_data(form);
        request.body_length = form->length;
    }
    if (!fetch_run(fetch, &request, &status, answer, err))
        return false;
    return status == STATUS_OK ||
           err_set(err, ERR_PEER_UNAVAILABLE, "the captcha's provider answers %ld", status);
}

/* The provider in the world, or what stands in for it; and a path. */
static void url_of(struct str *url, const struct auth_config *config, const char *world,
                   const char *path)
{
    str_add(url, config->captcha_url[0] ? config->captcha_url : world);
    str_add(url, path);
}

static bool failed(struct err *err, const char *why)
{
    return err_set_key(err, ERR_INVALID, "identity.captcha.verification_failed", "captcha: %s",
                       why);
}

/* ---- reCAPTCHA ---- */

static bool check_recaptcha(struct call *call, const char *response, struct err *err)
{
    const struct auth_config *config = call->app->config;
    AUTO(str_release) struct str form = STR_INIT(FORM_BYTES_MAX);
    AUTO(str_release) struct str answer = STR_INIT(ANSWER_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    AUTO(str_release) struct str url = STR_INIT(URL_BYTES_MAX);
    add_field(&form, "secret", config->recaptcha_secret_key);
    add_field(&form, "response", response);
    url_of(&url, config, "https://www.google.com", "/recaptcha/api/siteverify");
    if (!ask(&url, &form, &answer, err))
        return failed(err, "the provider does not answer");
    if (!json_read(str_data(&answer), answer.length, &root, err))
        return failed(err, "the provider's answer is no JSON");
    return cJSON_IsTrue(json_member(root, "success")) || failed(err, "refused by the provider");
}

/* ---- Geetest ---- */

static void md5_of(const char *a, const char *b, const char *c, char ret_hex[static MD5_HEX_SIZE])
{
    AUTO(str_release) struct str text = STR_INIT(FORM_BYTES_MAX);
    str_add(&text, a);
    str_add(&text, b);
    str_add(&text, c);
    md5_hex(str_data(&text), text.length, ret_hex);
}

static bool mandatory(struct err *err)
{
    return err_set_key(err, ERR_REQUEST_INVALID, "identity.captcha.mandatory_fields",
                       "captcha: fields are missing");
}

static bool check_geetest(struct call *call, const char *response, struct err *err)
{
    const struct auth_config *config = call->app->config;
    AUTO(str_release) struct str form = STR_INIT(FORM_BYTES_MAX);
    AUTO(str_release) struct str answer = STR_INIT(ANSWER_BYTES_MAX);
    AUTO(str_release) struct str url = STR_INIT(URL_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *object = NULL;
    char expected[MD5_HEX_SIZE];
    if (!json_read(response, strlen(response), &object, err))
        return mandatory(err);
    const char *challenge = json_member_text(object, "geetest_challenge"),
               *validate = json_member_text(object, "geetest_validate"),
               *seccode = json_member_text(object, "geetest_seccode");
    if (is_blank(challenge) || is_blank(validate) || is_blank(seccode))
        return mandatory(err);
    md5_of(config->geetest_key, "geetest", challenge, expected);
    if (strlen(validate) != strlen(expected) || !bytes_equal(validate, expected, strlen(expected)))
        return failed(err, "validate does not fit the challenge");
    add_field(&form, "seccode", seccode);
    url_of(&url, config, "https://api.geetest.com", "/validate.php");
    if (!ask(&url, &form, &answer, err))
        return failed(err, "the provider does not answer");
    md5_of(seccode, "", "", expected);
    return strcmp(str_data(&answer), expected) == 0 || failed(err, "refused by the provider");
}

bool captcha_register_geetest(struct call *call, char ret_challenge[static CAPTCHA_CHALLENGE_SIZE],
                              struct err *err)
{
    const struct auth_config *config = call->app->config;
    AUTO(str_release) struct str url = STR_INIT(URL_BYTES_MAX);
    AUTO(str_release) struct str answer = STR_INIT(ANSWER_BYTES_MAX);
    _Static_assert((int)CAPTCHA_CHALLENGE_SIZE == (int)MD5_HEX_SIZE, "a challenge is an MD5");
    url_of(&url, config, "https://api.geetest.com", "/register.php?gt=");
    add_encoded(&url, config->geetest_id);
    if (!ask(&url, NULL, &answer, err))
        return false;
    md5_of(str_data(&answer), config->geetest_key, "", ret_challenge);
    return true;
}

bool captcha_check(struct call *call, const char *place, const char *response, struct err *err)
{
    const char *provider = call->app->config->captcha;
    if (strcmp(provider, "none") == 0 ||
        !rules_has(call->app->rules, RULES_CAPTCHA_ENDPOINTS, place))
        return true;
    if (is_blank(response))
        return err_set_key(err, ERR_REQUEST_INVALID, "identity.captcha.required", "no captcha");
    return strcmp(provider, "recaptcha") == 0 ? check_recaptcha(call, response, err)
                                              : check_geetest(call, response, err);
}
