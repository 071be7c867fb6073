/* config.h: the configuration of auth. The table over this struct is auth_config_rows. One block a
 * concern, in the order of the table. */
#ifndef AUTH_STATE_CONFIG_H
#define AUTH_STATE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "bus/bus.h"
#include "db/db.h"

struct auth_config {
    /* The process. */
    const char *http_host, *http_socket, *ops_host, *log_level;
    uint16_t http_port, ops_port;
    uint32_t workers, connections_max;
    const char *role; /* AUTH_ROLE: "api" or "mail" */

    /* Peers. */
    struct db_config db;
    const char *db_migrate_user, *db_migrate_password;
    const char *migrations_dir, *rules_file, *seed_passwords_file;
    const char *abilities_file, *management_config;
    struct bus_config amqp; /* without a name: bus_named() */

    /* Secrets. */
    const char *secret_store, *secret_file, *secret_key_file;
    const char *vault_addr, *vault_token, *vault_token_file, *vault_role_id, *vault_secret_id_file;
    const char *vault_app_name, *vault_kv, *vault_transit;
    const char *barong_secret_key_base, *barong_vault_app_name; /* of a Barong that is imported */

    /* What the platform is called, and where its front end is. */
    const char *app_name, *domain, *uid_prefix;

    /* Tokens. */
    const char *jwt_private_key, *jwt_public_key, *jwt_algorithm, *jwt_issuer, *jwt_audience;
    uint32_t jwt_expire_time_s, jwt_key_publish_s, jwt_key_retire_s;

    /* Other services of the platform. */
    const char *service_keys;

    /* The edge. */
    const char *authz_rules_file, *maxminddb_path, *geoip_lang;
    bool csrf_protection, edge_jwt_allowed;
    uint32_t apikey_nonce_lifetime_ms;

    /* Sessions. */
    const char *session_name, *session_same_site;
    uint32_t session_expire_time_s, session_end_time_s, sessions_max;
    bool session_secure;

    /* Passwords. */
    const char *password_regexp;
    const char *common_passwords_file;
    uint32_t password_min_entropy, password_min_strength, password_hashes_max;
    bool password_use_dictionary;

    /* Sign-up and sign-in. */
    bool first_registration_superadmin;
    const char *captcha, *geetest_id, *geetest_key, *recaptcha_site_key, *recaptcha_secret_key;
    const char *captcha_url;
    const char *auth0_domain, *auth0_client_id, *auth0_keys_url;
    bool sign_up_tells_taken;
    const char *phone_verification;

    /* Limits, each by the hour. */
    uint32_t limit_sign_in_account, limit_sign_in_address, limit_sign_in_device;
    uint32_t limit_sign_up_address;
    uint32_t limit_mail_account, limit_mail_address, limit_mail_all;

    /* Second factors. */
    uint32_t factor_tries_per_hour, factor_reset_hours, step_up_time_s;
    const char *webauthn_rp_id, *webauthn_origins;

    /* The OAuth provider. */
    const char *oauth_issuer, *oauth_templates_dir, *oauth_registration, *oauth_registration_token;
    uint32_t oauth_code_time_s, oauth_access_time_s, oauth_refresh_time_s, oauth_grant_time_s;
    uint32_t oauth_refresh_grace_s;
    bool oauth_insecure_allowed, oauth_dpop_nonce;
    /* What users tell of themselves. */
    bool api_data_masking_enabled, required_docs_expire, profile_double_verification;
    bool mgn_api_keys_user, mgn_api_keys_sa;
    uint32_t doc_num_limit;
    const char *kyc_provider, *kycaid_token, *kycaid_url, *kycaid_form_id;
    bool kycaid_sandbox_mode;

    /* Uploaded files. */
    const char *storage_provider, *storage_dir, *storage_endpoint, *storage_region;
    const char *storage_bucket_name, *storage_access_key, *storage_secret_key;
    bool storage_pathstyle;
    const char *upload_extensions, *upload_scanner;
    uint32_t upload_size_min, upload_size_max_mb, upload_auth_url_expiration_min;

    /* Text messages. */
    const char *sms_dir, *sms_content_template;
    const char *twilio_phone_number, *twilio_account_sid, *twilio_auth_token, *twilio_service_sid;
    const char *twilio_url;
    uint32_t limit_sms_number, limit_sms_user, limit_sms_address, limit_sms_all;

    /* The client's address. */
    const char *gateway, *trusted_proxies;

    /* Events, and the mails that are made of them. */
    const char *event_key, *event_algorithm;
    const char *mailer_config, *mail_templates_dir;
    const char *mail_provider, *mail_outbox_dir;
    const char *sender_name, *sender_email;
    const char *smtp_host, *smtp_user, *smtp_password, *smtp_tls, *smtp_ca_file, *smtp_hello;
    uint16_t smtp_port;
    uint32_t mails_per_minute;
};

/* Whether this process sends mails, instead of answering requests. */
static inline bool config_is_mailer(const struct auth_config *config)
{
    return strcmp(config->role, "mail") == 0;
}

#endif
