#include "auth/config.h"

#include <stddef.h>

#include "auth/state/config.h"

#define AT(member) offsetof(struct auth_config, member)

/* clang-format off */
const struct config_row auth_config_rows[] = {
    {"HTTP_HOST", CONFIG_TEXT, AT(http_host), "127.0.0.1", .doc = "Address of the API."},
    {"HTTP_PORT", CONFIG_PORT, AT(http_port), "8000", .doc = "Port of the API. It trusts its callers' bearer tokens only: never without an edge."},
    {"OPS_HOST", CONFIG_TEXT, AT(ops_host), "127.0.0.1", .doc = "Address of /alive, /ready, /metrics."},
    {"OPS_PORT", CONFIG_PORT, AT(ops_port), "8001", .doc = "Port of /alive, /ready, /metrics."},
    {"LOG_LEVEL", CONFIG_TEXT, AT(log_level), "info", .values = "debug info warning error", .doc = "Least level that is logged."},
    {"WORKERS", CONFIG_U32, AT(workers), "8", .min = 1, .max = 64, .doc = "Threads, and database connections, of requests that read tables or hash passwords."},
    {"CONNECTIONS_MAX", CONFIG_U32, AT(connections_max), "1200", .min = 16, .max = 10000, .doc = "Open connections of the API."},
    {"AUTH_ROLE", CONFIG_TEXT, AT(role), "api", .values = "api mail", .doc = "What this process does: answer requests and publish events, or send mails."},

    {"DB_SOCKET", CONFIG_TEXT, AT(db_socket), "", .doc = "Unix socket of MariaDB; empty: DB_HOST and DB_PORT."},
    {"DB_HOST", CONFIG_TEXT, AT(db_host), "127.0.0.1", .doc = "Host of MariaDB."},
    {"DB_PORT", CONFIG_PORT, AT(db_port), "3306", .doc = "Port of MariaDB."},
    {"DB_NAME", CONFIG_TEXT, AT(db_name), "bourse_auth", .doc = "Schema."},
    {"DB_USER", CONFIG_TEXT, AT(db_user), "bourse_auth", .doc = "User of the service."},
    {"DB_PASSWORD", CONFIG_SECRET, AT(db_password), NULL, .example = "a long random text", .doc = "Its password."},
    {"DB_MIGRATE_USER", CONFIG_TEXT, AT(db_migrate_user), "", .doc = "User of --migrate and --seed; empty: DB_USER."},
    {"DB_MIGRATE_PASSWORD", CONFIG_SECRET, AT(db_migrate_password), "", .doc = "Its password."},
    {"DB_WEAK_DURABILITY_ALLOWED", CONFIG_BOOL, AT(db_weak_durability_allowed), "false", .doc = "Run on a database that may lose commits. Never with real people."},
    {"MIGRATIONS_DIR", CONFIG_TEXT, AT(migrations_dir), "services/auth/migrations", .doc = "Folder of the numbered SQL files."},
    {"RULES_FILE", CONFIG_TEXT, AT(rules_file), NULL, .example = "/etc/bourse/auth.yml", .doc = "YAML file: which labels make which state, document types, where a captcha is asked."},
    {"SEED_PASSWORDS_FILE", CONFIG_TEXT, AT(seed_passwords_file), "", .doc = "YAML file for --seed: a map of e-mail addresses to passwords; who is not in it gets a random one."},
    {"ABILITIES_FILE", CONFIG_TEXT, AT(abilities_file), NULL, .example = "/etc/bourse/auth/abilities.yml", .doc = "YAML file: what each role may do through the admin API."},
    {"MANAGEMENT_API_CONFIG", CONFIG_TEXT, AT(management_config), NULL, .example = "/etc/bourse/auth/management_api.yml", .doc = "YAML file: signers and scopes of the management API."},

    {"AMQP_HOST", CONFIG_TEXT, AT(amqp_host), "127.0.0.1", .doc = "Host of RabbitMQ."},
    {"AMQP_PORT", CONFIG_PORT, AT(amqp_port), "5672", .doc = "Port of RabbitMQ."},
    {"AMQP_USER", CONFIG_TEXT, AT(amqp_user), "bourse_auth", .doc = "User of the service."},
    {"AMQP_PASSWORD", CONFIG_SECRET, AT(amqp_password), NULL, .example = "a long random text", .doc = "Its password."},
    {"AMQP_VHOST", CONFIG_TEXT, AT(amqp_vhost), "/", .doc = "Virtual host."},

    {"SECRET_STORE", CONFIG_TEXT, AT(secret_store), "file", .values = "file vault", .doc = "Where keys and credentials are kept: an encrypted file, or HashiCorp Vault (OpenBao)."},
    {"SECRET_FILE", CONFIG_TEXT, AT(secret_file), "", .doc = "file: its path; made on the first start. Processes on one machine share it."},
    {"SECRET_KEY_FILE", CONFIG_TEXT, AT(secret_key_file), "", .doc = "file: path of its key; made on the first start. Without it everything sealed is lost: back it up, elsewhere."},
    {"VAULT_ADDR", CONFIG_TEXT, AT(vault_addr), "", .doc = "vault: its URL."},
    {"VAULT_TOKEN", CONFIG_SECRET, AT(vault_token), "", .doc = "vault: a token; better a file or a role."},
    {"VAULT_TOKEN_FILE", CONFIG_TEXT, AT(vault_token_file), "", .doc = "vault: a file with the token, kept fresh by an agent."},
    {"VAULT_ROLE_ID", CONFIG_TEXT, AT(vault_role_id), "", .doc = "vault: the role of an AppRole login."},
    {"VAULT_SECRET_ID_FILE", CONFIG_TEXT, AT(vault_secret_id_file), "", .doc = "vault: a file with the secret id of that login."},
    {"VAULT_APP_NAME", CONFIG_TEXT, AT(vault_app_name), "bourse", .doc = "vault: what our names begin with: VAULT_KV/data/APP/NAME, and the key APP_credentials."},
    {"VAULT_KV", CONFIG_TEXT, AT(vault_kv), "secret", .doc = "vault: mount of the key-value engine, version 2."},
    {"VAULT_TRANSIT", CONFIG_TEXT, AT(vault_transit), "transit", .doc = "vault: mount of the transit engine, which seals seeds of codes and secrets of API keys; \"none\": our keyring seals them."},

    {"APP_NAME", CONFIG_TEXT, AT(app_name), "Bourse", .doc = "Name of the platform, in mails and authenticator apps."},
    {"DOMAIN", CONFIG_TEXT, AT(domain), NULL, .example = "https://www.example.com", .doc = "Where the front end is, with its scheme: the links in mails begin with it."},
    {"UID_PREFIX", CONFIG_TEXT, AT(uid_prefix), "ID", .doc = "Two to six letters that a user's uid begins with."},

    {"JWT_PRIVATE_KEY_FILE", CONFIG_FILE, AT(jwt_private_key), NULL, .example = "/run/secrets/jwt.key", .doc = "PEM file: signs session tokens and the tokens in mails."},
    {"JWT_PUBLIC_KEY_FILE", CONFIG_FILE, AT(jwt_public_key), NULL, .example = "/run/secrets/jwt.pub", .doc = "PEM file: its public half."},
    {"JWT_ALGORITHM", CONFIG_TEXT, AT(jwt_algorithm), "RS256", .values = "RS256 RS384 RS512 ES256 ES384 ES512", .doc = "The one algorithm of these tokens."},
    {"JWT_ISSUER", CONFIG_TEXT, AT(jwt_issuer), "barong", .doc = "Their issuer."},
    {"JWT_AUDIENCE", CONFIG_TEXT, AT(jwt_audience), "peatio,barong", .doc = "Comma list: their audience."},
    {"JWT_EXPIRE_TIME", CONFIG_U32, AT(jwt_expire_time_s), "3600", .min = 60, .max = 86400, .doc = "Seconds that a token in a mail is good."},

    {"SESSION_NAME", CONFIG_TEXT, AT(session_name), "_barong_session", .doc = "Name of the session cookie."},
    {"SESSION_SECURE", CONFIG_BOOL, AT(session_secure), "true", .doc = "The cookie goes over https only."},
    {"SESSION_SAME_SITE", CONFIG_TEXT, AT(session_same_site), "Lax", .values = "Lax Strict None", .doc = "Whether other sites' requests carry the cookie."},
    {"SESSION_EXPIRE_TIME", CONFIG_U32, AT(session_expire_time_s), "1800", .min = 60, .max = 2592000, .doc = "Seconds after which an unused session ends."},
    {"SESSION_END_TIME", CONFIG_U32, AT(session_end_time_s), "86400", .min = 60, .max = 31536000, .doc = "Seconds after which every session ends, used or not."},
    {"SESSIONS_MAX", CONFIG_U32, AT(sessions_max), "50", .min = 1, .max = 1000, .doc = "Open sessions of one user: one more ends the oldest."},

    {"PASSWORD_REGEXP", CONFIG_TEXT, AT(password_regexp), "^(?=.*[[:lower:]])(?=.*[[:upper:]])(?=.*[[:digit:]])(?=.*[[:graph:]]).{8,80}$", .doc = "What a password must look like; shown to the front end, and tested."},
    {"PASSWORD_MIN_ENTROPY", CONFIG_U32, AT(password_min_entropy), "14", .max = 100, .doc = "Least strength of a password, in bits."},
    {"PASSWORD_USE_DICTIONARY", CONFIG_BOOL, AT(password_use_dictionary), "true", .doc = "Common passwords count as weak."},
    {"PASSWORD_HASHES_MAX", CONFIG_U32, AT(password_hashes_max), "4", .min = 1, .max = 64, .doc = "Passwords that are hashed at once: 46 MB and a core each."},

    {"FIRST_REGISTRATION_SUPERADMIN", CONFIG_BOOL, AT(first_registration_superadmin), "false", .doc = "The first user who signs up administers the platform."},
    {"CAPTCHA", CONFIG_TEXT, AT(captcha), "none", .values = "none recaptcha geetest", .doc = "Which captcha is asked, at the places that RULES_FILE lists."},
    {"RECAPTCHA_SITE_KEY", CONFIG_TEXT, AT(recaptcha_site_key), "", .doc = "Shown to the front end."},
    {"RECAPTCHA_SECRET_KEY", CONFIG_SECRET, AT(recaptcha_secret_key), "", .doc = "Our key at the provider."},
    {"GEETEST_ID", CONFIG_TEXT, AT(geetest_id), "", .doc = "Our name at the provider."},
    {"GEETEST_KEY", CONFIG_SECRET, AT(geetest_key), "", .doc = "Our key at the provider."},
    {"CAPTCHA_URL", CONFIG_TEXT, AT(captcha_url), "", .doc = "Where the provider is, scheme and host; empty: where it is in the world."},
    {"AUTH0_DOMAIN", CONFIG_TEXT, AT(auth0_domain), "", .doc = "Tenant of Auth0 whose users may sign in; empty: none."},
    {"AUTH0_CLIENT_ID", CONFIG_TEXT, AT(auth0_client_id), "", .doc = "Our client there."},
    {"PHONE_VERIFICATION", CONFIG_TEXT, AT(phone_verification), "mock", .values = "mock twilio_sms twilio_verify", .doc = "How phones are verified."},

<<<<<<< HEAD
    {"LIMIT_SIGN_IN_ACCOUNT", CONFIG_U32, AT(limit_sign_in_account), "50", .min = 1, .max = 1000000, .doc = "Failed sign-ins an hour of one account, from browsers that it does not know."},
    {"LIMIT_SIGN_IN_ADDRESS", CONFIG_U32, AT(limit_sign_in_address), "200", .min = 1, .max = 1000000, .doc = "Failed sign-ins an hour from one address."},
    {"LIMIT_SIGN_IN_DEVICE", CONFIG_U32, AT(limit_sign_in_device), "30", .min = 1, .max = 1000000, .doc = "Failed sign-ins an hour of a browser that the account knows."},
    {"LIMIT_SIGN_UP_ADDRESS", CONFIG_U32, AT(limit_sign_up_address), "30", .min = 1, .max = 1000000, .doc = "Sign-ups an hour from one address."},
    {"LIMIT_MAIL_ACCOUNT", CONFIG_U32, AT(limit_mail_account), "5", .min = 1, .max = 1000000, .doc = "Mails an hour that strangers can have sent to one account."},
    {"LIMIT_MAIL_ADDRESS", CONFIG_U32, AT(limit_mail_address), "60", .min = 1, .max = 1000000, .doc = "Mails an hour that one address can have sent."},
    {"LIMIT_MAIL_ALL", CONFIG_U32, AT(limit_mail_all), "10000", .min = 1, .max = 1000000, .doc = "Mails an hour that strangers can have sent, all together."},

    {"FACTOR_TRIES_PER_HOUR", CONFIG_U32, AT(factor_tries_per_hour), "10", .min = 1, .max = 1000, .doc = "Wrong second factors of one user in an hour, wherever they are asked for."},
    {"FACTOR_RESET_HOURS", CONFIG_U32, AT(factor_reset_hours), "72", .min = 0, .max = 8760, .doc = "Hours in which the owner can stop the reset of lost second factors."},
    {"STEP_UP_TIME", CONFIG_U32, AT(step_up_time_s), "300", .min = 10, .max = 86400, .doc = "Seconds after which a dangerous action asks again who it is."},
    {"WEBAUTHN_RP_ID", CONFIG_TEXT, AT(webauthn_rp_id), "", .doc = "Domain that passkeys are for; empty: the host of DOMAIN. Changing it makes all of them useless."},
    {"WEBAUTHN_ORIGINS", CONFIG_TEXT, AT(webauthn_origins), "", .doc = "Comma list of pages that may ask for passkeys (https://example.com); empty: DOMAIN."},
=======
    {"OAUTH_ISSUER", CONFIG_TEXT, AT(oauth_issuer), "", .doc = "Issuer of OAuth tokens: where the edge is, scheme and host without a slash at the end; empty: DOMAIN."},
    {"OAUTH_TEMPLATES_DIR", CONFIG_TEXT, AT(oauth_templates_dir), "services/auth/templates/oauth", .doc = "Folder of the pages to sign in and to agree."},
    {"OAUTH_CODE_TIME", CONFIG_U32, AT(oauth_code_time_s), "60", .min = 10, .max = 600, .doc = "Seconds in which a code must be redeemed."},
    {"OAUTH_ACCESS_TOKEN_TIME", CONFIG_U32, AT(oauth_access_time_s), "3600", .min = 60, .max = 86400, .doc = "Seconds that an access token is good."},
    {"OAUTH_REFRESH_TOKEN_TIME", CONFIG_U32, AT(oauth_refresh_time_s), "2592000", .min = 3600, .max = 31536000, .doc = "Seconds after which an unused refresh token is over."},
    {"OAUTH_GRANT_TIME", CONFIG_U32, AT(oauth_grant_time_s), "15552000", .min = 3600, .max = 157680000, .doc = "Seconds after which the user is asked again, however often tokens were refreshed."},
    {"OAUTH_REFRESH_GRACE", CONFIG_U32, AT(oauth_refresh_grace_s), "30", .max = 300, .doc = "Seconds in which a used refresh token gives the same successor again (a lost reply); later its use revokes all."},
    {"OAUTH_REGISTRATION", CONFIG_TEXT, AT(oauth_registration), "off", .values = "off open", .doc = "Whether clients may register themselves at /oauth2/register."},
    {"OAUTH_REGISTRATION_TOKEN", CONFIG_SECRET, AT(oauth_registration_token), "", .doc = "Bearer token that registration then needs; empty: none."},
    {"OAUTH_DPOP_NONCE", CONFIG_BOOL, AT(oauth_dpop_nonce), "false", .doc = "DPoP proofs must carry a nonce of ours."},
    {"OAUTH_INSECURE_ALLOWED", CONFIG_BOOL, AT(oauth_insecure_allowed), "false", .doc = "Clients may have addresses with http and in private networks. For a local stack only."},
>>>>>>> eb43937 (auth: OAuth clients, flows, tokens; libs/fetch: hosts of the open network only)

    {"GATEWAY", CONFIG_TEXT, AT(gateway), "none", .values = "none akamai cloudflare", .doc = "akamai: the address of a client is in True-Client-IP."},
    {"TRUSTED_PROXIES", CONFIG_TEXT, AT(trusted_proxies), "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,::1/128,fc00::/7", .doc = "Comma list of networks whose X-Forwarded-For is believed."},

    {"EVENT_API_JWT_PRIVATE_KEY_FILE", CONFIG_FILE, AT(event_key), "", .example = "/run/secrets/jwt.key", .doc = "PEM file: signs the events; empty: JWT_PRIVATE_KEY_FILE, as listeners of Barong expect."},
    {"EVENT_API_JWT_ALGORITHM", CONFIG_TEXT, AT(event_algorithm), "RS256", .values = "RS256 RS384 RS512 ES256 ES384 ES512", .doc = "Its algorithm."},
    {"MAILER_CONFIG", CONFIG_TEXT, AT(mailer_config), "", .example = "/etc/bourse/mailer.yml", .doc = "YAML file: which event is sent as which letter. Empty: events are published, and no mail is made."},
    {"MAIL_TEMPLATES_DIR", CONFIG_TEXT, AT(mail_templates_dir), "services/auth/templates/mail", .doc = "Folder of the letters, one file a language."},
    {"MAIL_PROVIDER", CONFIG_TEXT, AT(mail_provider), "smtp", .values = "smtp outbox", .doc = "The way out of mails; outbox: files that nobody sends, and a page that shows them. Never with real people."},
    {"MAIL_OUTBOX_DIR", CONFIG_TEXT, AT(mail_outbox_dir), "outbox", .doc = "Folder of the outbox."},
    {"MAILS_PER_MINUTE", CONFIG_U32, AT(mails_per_minute), "600", .min = 1, .max = 60000, .doc = "Most mails that this process sends in a minute; the others wait."},
    {"SENDER_NAME", CONFIG_TEXT, AT(sender_name), "Bourse", .doc = "Who mails come from, as it is shown."},
    {"SENDER_EMAIL", CONFIG_TEXT, AT(sender_email), "noreply@localhost.localdomain", .doc = "Who mails come from."},
    {"SMTP_HOST", CONFIG_TEXT, AT(smtp_host), "localhost", .doc = "Host of the mail server."},
    {"SMTP_PORT", CONFIG_PORT, AT(smtp_port), "1025", .doc = "Its port."},
    {"SMTP_TLS", CONFIG_TEXT, AT(smtp_tls), "required", .values = "none required implicit", .doc = "required: STARTTLS or nothing is sent; implicit: TLS from the first byte; none: plain, for a server on the same machine."},
    {"SMTP_CA_FILE", CONFIG_TEXT, AT(smtp_ca_file), "", .doc = "PEM file: whose certificates are believed; empty: the system's list."},
    {"SMTP_USER", CONFIG_TEXT, AT(smtp_user), "", .doc = "Our name at the mail server; empty: none."},
    {"SMTP_PASSWORD", CONFIG_SECRET, AT(smtp_password), "", .doc = "Our password there."},
    {"SMTP_HELLO", CONFIG_TEXT, AT(smtp_hello), "", .doc = "Our host name in EHLO; empty: localhost."},
    {NULL},
};
/* clang-format on */
