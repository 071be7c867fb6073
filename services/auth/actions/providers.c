#include "auth/actions/providers.h"

#include <string.h>

#include "auth/state/config.h"
#include "base/auto.h"
#include "crypto/crypto.h"
#include "sms/sms.h"
#include "storage/storage.h"

enum { LINK_BASE_MAX = 512 };

static const char links_path[] = "/api/v2/barong/public/uploads";

/* What Twilio refuses, in the words of the contract. */
static const struct sms_refusal refusals[] = {
    {21612, "resource.phone.num_not_reachable"},   {21614, "resource.phone.num_not_valid"},
    {21211, "resource.phone.num_not_valid"},       {60200, "resource.phone.num_not_valid"},
    {21618, "resource.phone.sms_content_invalid"}, {21610, "resource.phone.unsubscribed_recipient"},
    {0, "resource.phone.twilio_unexpected"},
};

static bool open_sms(struct auth *app, struct err *err)
{
    const struct auth_config *config = app->config;
    const struct sms_settings settings = {.kind = config->phone_verification,
                                          .folder = config->sms_dir,
                                          .account_sid = config->twilio_account_sid,
                                          .auth_token = config->twilio_auth_token,
                                          .from = config->twilio_phone_number,
                                          .service_sid = config->twilio_service_sid,
                                          .api_url = config->twilio_url,
                                          .refusals = refusals};
    if (!strstr(config->sms_content_template, "{{code}}"))
        return err_set(err, ERR_CONFIG, "SMS_CONTENT_TEMPLATE has no {{code}}");
    return sms_open(&settings, app->clock, &app->sms, err);
}

/* Links to local files are signed with a key that all replicas have and that nobody has to keep: it
 * follows from the key of the session tokens. */
static bool open_storage(struct auth *app, struct err *err)
{
    static const char purpose[] = "links to uploaded files";
    const struct auth_config *config = app->config;
    AUTO(str_release) struct str base = STR_INIT(LINK_BASE_MAX);
    AUTO(str_wipe) struct str key = STR_INIT(2 * SHA256_SIZE);
    uint8_t mac[SHA256_SIZE];
    hmac_sha256(config->jwt_private_key, strlen(config->jwt_private_key), purpose,
                sizeof(purpose) - 1, mac);
    str_add_hex(&key, mac, sizeof(mac));
    str_add_format(&base, "%s%s", config->domain, links_path);
    if (!str_ok(&base))
        return err_set(err, ERR_CONFIG, "DOMAIN is too long");
    const struct storage_settings settings = {.kind = config->storage_provider,
                                              .folder = config->storage_dir,
                                              .link_base = base.data,
                                              .link_key = key.data,
                                              .endpoint = config->storage_endpoint,
                                              .region = config->storage_region,
                                              .bucket = config->storage_bucket_name,
                                              .access_key = config->storage_access_key,
                                              .secret_key = config->storage_secret_key,
                                              .path_style = config->storage_pathstyle};
    return storage_open(&settings, app->clock, &app->storage, err);
}

bool providers_open(struct auth *app, struct err *err)
{
    return open_sms(app, err) && open_storage(app, err);
}

bool providers_enter(struct auth *app, struct err *err)
{
    int most = (int)(app->config->workers + 1) / 2;
    if (atomic_fetch_add(&app->outside_calls, 1) < most)
        return true;
    providers_leave(app);
    return err_set(err, ERR_BUSY, "%d requests wait for a provider", most);
}

void providers_leave(struct auth *app)
{
    atomic_fetch_sub(&app->outside_calls, 1);
}

void providers_close(struct auth *app)
{
    sms_close(app->sms);
    storage_close(app->storage);
}
