#include "sms/sms.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/random.h"
#include "base/str.h"
#include "fetch/fetch.h"
#include "json/read.h"

enum {
    URL_BYTES_MAX = 512,
    REPLY_BYTES_MAX = 64 * 1024,
    FORM_BYTES_MAX = 8 * 1024,
    FILE_PATH_MAX = 1024
};

struct sms {
    enum sms_kind kind;
    const struct clock *clock;
    const struct sms_refusal *refusals;
    char *folder, *account_sid, *auth_token, *from, *service_sid, *api_url;
};

DEFINE_AUTO(cJSON, cJSON_Delete);
DEFINE_AUTO(struct fetch, fetch_free);

static const char *const kind_names[] = {"mock", "outbox", "twilio_sms", "twilio_verify"};

/* ---- opening ---- */

static bool copy(char **to, const char *text, struct err *err)
{
    *to = strdup(text ? text : "");
    return *to ? true : err_set(err, ERR_INTERNAL, "no memory for sms");
}

static bool kind_of(const char *name, enum sms_kind *ret_kind, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(kind_names); i++) {
        if (strcmp(name, kind_names[i]) != 0)
            continue;
        *ret_kind = (enum sms_kind)i;
        return true;
    }
    return err_set(err, ERR_CONFIG, "sms: there is no provider %s", name);
}

static bool check(const struct sms *sms, struct err *err)
{
    bool is_twilio = sms->kind == SMS_TWILIO_SMS || sms->kind == SMS_TWILIO_VERIFY;
    if (is_twilio && (!sms->account_sid[0] || !sms->auth_token[0]))
        return err_set(err, ERR_CONFIG, "sms: Twilio needs an account and its token");
    if (sms->kind == SMS_TWILIO_SMS && !sms->from[0])
        return err_set(err, ERR_CONFIG, "sms: Twilio needs a number of ours");
    if (sms->kind == SMS_TWILIO_VERIFY && !sms->service_sid[0])
        return err_set(err, ERR_CONFIG, "sms: Twilio Verify needs a service");
    if (sms->kind == SMS_OUTBOX && mkdir(sms->folder, 0700) != 0 && errno != EEXIST)
        return err_set(err, ERR_CONFIG, "sms: %s: %s", sms->folder, strerror(errno));
    return true;
}

static const char *default_url(enum sms_kind kind)
{
    return kind == SMS_TWILIO_VERIFY ? "https://verify.twilio.com" : "https://api.twilio.com";
}

bool sms_open(const struct sms_settings *settings, const struct clock *clock, struct sms **ret_sms,
              struct err *err)
{
    enum sms_kind kind = SMS_MOCK;
    if (!kind_of(settings->kind, &kind, err))
        return false;
    AUTO_FREE(sms_close) struct sms *sms = calloc(1, sizeof(*sms));
    if (!sms)
        return err_set(err, ERR_INTERNAL, "no memory for sms");
    sms->kind = kind;
    sms->clock = clock;
    sms->refusals = settings->refusals;
    bool has_url = settings->api_url && settings->api_url[0];
    if (!copy(&sms->folder, settings->folder, err) ||
        !copy(&sms->account_sid, settings->account_sid, err) ||
        !copy(&sms->auth_token, settings->auth_token, err) ||
        !copy(&sms->from, settings->from, err) ||
        !copy(&sms->service_sid, settings->service_sid, err) ||
        !copy(&sms->api_url, has_url ? settings->api_url : default_url(kind), err) ||
        !check(sms, err))
        return false;
    *ret_sms = TAKE(sms);
    return true;
}

void sms_close(struct sms *sms)
{
    if (!sms)
        return;
    char *const texts[] = {sms->folder, sms->account_sid, sms->auth_token,
                           sms->from,   sms->service_sid, sms->api_url};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        free(texts[i]);
    free(sms);
}

enum sms_kind sms_kind(const struct sms *sms)
{
    return sms->kind;
}

/* ---- the outbox ---- */

static bool write_outbox(const struct sms *sms, const char *number, const char *text,
                         struct err *err)
{
    char path[FILE_PATH_MAX], date[CLOCK_ISO_SIZE], id[UUID_TEXT_SIZE];
    int64_t now_us = clock_now_us(sms->clock);
    int length = snprintf(path, sizeof(path), "%s/%020lld-%.8s.txt", sms->folder, (long long)now_us,
                          uuid_text(uuid_new(), id));
    FILE *file = length > 0 && (size_t)length < sizeof(path) ? fopen(path, "wxe") : NULL;
    if (!file)
        return err_set(err, ERR_PEER_UNAVAILABLE, "sms: can't write to the outbox: %s",
                       strerror(errno));
    bool written =
        fprintf(file, "To: %s\nDate: %s\n\n%s\n", number, clock_iso(now_us, date), text) > 0;
    written = fclose(file) == 0 && written;
    return written ? true : err_set(err, ERR_PEER_UNAVAILABLE, "sms: can't write to the outbox");
}

/* ---- Twilio ---- */

static void add_form(struct str *form, const char *name, const char *value)
{
    static const char kept[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    str_add_format(form, "%s%s=", form->length > 0 ? "&" : "", name);
    for (; *value; value++) {
        if (strchr(kept, *value))
            str_add_char(form, *value);
        else
            str_add_format(form, "%%%02X", (unsigned)(unsigned char)*value);
    }
}

static const char *refusal_key(const struct sms *sms, long code)
{
    const struct sms_refusal *row = sms->refusals;
    while (row && row->code != 0 && row->code != code)
        row++;
    return row ? row->key : NULL;
}

/* {"code":21614,"message":..,"status":400}: the message may repeat the text, so it stays out. */
static bool refused(const struct sms *sms, long status, const cJSON *reply, struct err *err)
{
    int64_t code = 0;
    bool has_code = json_member_i64(reply, "code", &code);
    if (status < 400 || status >= 500 || status == 429 || status == 401 || status == 403)
        return err_set(err, ERR_PEER_UNAVAILABLE, "sms: Twilio answered %ld (code %lld)", status,
                       (long long)(has_code ? code : 0));
    const char *key = refusal_key(sms, (long)code);
    return err_set_key(err, ERR_INVALID, key ? key : "server.invalid",
                       "sms: Twilio refused with code %lld", (long long)code);
}

/* POSTs a form; the caller frees the answer. */
static bool call(const struct sms *sms, const char *path, const struct str *form, long *ret_status,
                 cJSON **ret_reply, struct err *err)
{
    AUTO(str_release) struct str url = STR_INIT(URL_BYTES_MAX);
    AUTO(str_release) struct str text = STR_INIT(REPLY_BYTES_MAX);
    AUTO_FREE(fetch_free) struct fetch *fetch = fetch_new();
    str_add_format(&url, "%s%s", sms->api_url, path);
    if (!fetch || !str_ok(&url) || !str_ok(form))
        return err_set(err, ERR_INTERNAL, "sms: a request does not fit");
    const struct fetch_request request = {.method = "POST",
                                          .url = url.data,
                                          .user = sms->account_sid,
                                          .password = sms->auth_token,
                                          .content_type = "application/x-www-form-urlencoded",
                                          .body = form->data,
                                          .body_length = form->length,
                                          .timeout_ms = SMS_TIMEOUT_MS};
    if (!fetch_run(fetch, &request, ret_status, &text, err))
        return false;
    if (!json_read(str_data(&text), text.length, ret_reply, err))
        return err_set(err, ERR_PEER_UNAVAILABLE, "sms: Twilio answered %ld and no JSON",
                       *ret_status);
    return true;
}

static bool call_and_succeed(const struct sms *sms, const char *path, const struct str *form,
                             struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *reply = NULL;
    long status;
    if (!call(sms, path, form, &status, &reply, err))
        return false;
    return status == 200 || status == 201 ? true : refused(sms, status, reply, err);
}

static bool send_twilio(const struct sms *sms, const char *number, const char *text,
                        struct err *err)
{
    AUTO(str_release) struct str form = STR_INIT(FORM_BYTES_MAX);
    char path[URL_BYTES_MAX];
    snprintf(path, sizeof(path), "/2010-04-01/Accounts/%s/Messages.json", sms->account_sid);
    add_form(&form, "To", number);
    add_form(&form, "From", sms->from);
    add_form(&form, "Body", text);
    return call_and_succeed(sms, path, &form, err);
}

bool sms_send(struct sms *sms, const char *number, const char *text, struct err *err)
{
    assert(sms->kind != SMS_TWILIO_VERIFY);
    if (strlen(text) > SMS_TEXT_BYTES_MAX)
        return err_set(err, ERR_CONFIG, "sms: the text is above %d bytes", SMS_TEXT_BYTES_MAX);
    switch (sms->kind) {
    case SMS_OUTBOX:
        return write_outbox(sms, number, text, err);
    case SMS_TWILIO_SMS:
        return send_twilio(sms, number, text, err);
    case SMS_MOCK:
    case SMS_TWILIO_VERIFY:
        break;
    }
    return true;
}

bool sms_verify_start(struct sms *sms, const char *number, enum sms_channel channel,
                      struct err *err)
{
    AUTO(str_release) struct str form = STR_INIT(FORM_BYTES_MAX);
    char path[URL_BYTES_MAX];
    assert(sms->kind == SMS_TWILIO_VERIFY);
    snprintf(path, sizeof(path), "/v2/Services/%s/Verifications", sms->service_sid);
    add_form(&form, "To", number);
    add_form(&form, "Channel", channel == SMS_CHANNEL_CALL ? "call" : "sms");
    return call_and_succeed(sms, path, &form, err);
}

bool sms_verify_check(struct sms *sms, const char *number, const char *code, bool *ret_right,
                      struct err *err)
{
    AUTO(str_release) struct str form = STR_INIT(FORM_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *reply = NULL;
    char path[URL_BYTES_MAX];
    long status;
    assert(sms->kind == SMS_TWILIO_VERIFY);
    snprintf(path, sizeof(path), "/v2/Services/%s/VerificationCheck", sms->service_sid);
    add_form(&form, "To", number);
    add_form(&form, "Code", code);
    if (!call(sms, path, &form, &status, &reply, err))
        return false;
    /* 404: the verification has expired, was used, or had too many tries. */
    if (status != 200 && status != 201 && status != 404)
        return refused(sms, status, reply, err);
    const char *state = json_member_text(reply, "status");
    *ret_right = status != 404 && state && strcmp(state, "approved") == 0;
    return true;
}
