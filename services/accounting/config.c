#include "accounting/config.h"

#include <stddef.h>

#include "accounting/state/config.h"

#define AT(member) offsetof(struct accounting_config, member)

/* clang-format off */
const struct config_row accounting_config_rows[] = {
    {"HTTP_HOST", CONFIG_TEXT, AT(http_host), "127.0.0.1", .doc = "Address of the API."},
    {"HTTP_PORT", CONFIG_PORT, AT(http_port), "8000", .doc = "Port of the API."},
    {"HTTP_SOCKET", CONFIG_TEXT, AT(http_socket), "", .doc = "Path of a Unix socket of the API besides, for an edge on the same machine; empty: none."},
    {"OPS_HOST", CONFIG_TEXT, AT(ops_host), "127.0.0.1", .doc = "Address of /alive, /ready, /metrics."},
    {"OPS_PORT", CONFIG_PORT, AT(ops_port), "8001", .doc = "Port of /alive, /ready, /metrics."},
    {"LOG_LEVEL", CONFIG_TEXT, AT(log_level), "info", .values = "debug info warning error", .doc = "Least level that is logged."},
    {"WORKERS", CONFIG_U32, AT(workers), "4", .min = 1, .max = 64, .doc = "Threads, and database connections, of requests that read tables."},
    {"CONNECTIONS_MAX", CONFIG_U32, AT(connections_max), "1200", .min = 16, .max = 10000, .doc = "Open connections of the API."},

    {"DB_SOCKET", CONFIG_TEXT, AT(db.socket), "", .doc = "Unix socket of MariaDB; empty: DB_HOST and DB_PORT."},
    {"DB_HOST", CONFIG_TEXT, AT(db.host), "127.0.0.1", .doc = "Host of MariaDB."},
    {"DB_PORT", CONFIG_PORT, AT(db.port), "3306", .doc = "Port of MariaDB."},
    {"DB_NAME", CONFIG_TEXT, AT(db.name), "bourse_accounting", .doc = "Schema."},
    {"DB_USER", CONFIG_TEXT, AT(db.user), "bourse_accounting", .doc = "User of the service."},
    {"DB_PASSWORD", CONFIG_SECRET, AT(db.password), NULL, .example = "a long random text", .doc = "Its password."},
    {"DB_MIGRATE_USER", CONFIG_TEXT, AT(db_migrate_user), "", .doc = "User of --migrate and --seed; empty: DB_USER."},
    {"DB_MIGRATE_PASSWORD", CONFIG_SECRET, AT(db_migrate_password), "", .doc = "Its password."},
    {"DB_WEAK_DURABILITY_ALLOWED", CONFIG_BOOL, AT(db.weak_durability_allowed), "false", .doc = "Run on a database that may lose commits. Never with real money."},
    {"MIGRATIONS_DIR", CONFIG_TEXT, AT(migrations_dir), "services/accounting/migrations", .doc = "Folder of the numbered SQL files."},

    {"AMQP_HOST", CONFIG_TEXT, AT(amqp.host), "127.0.0.1", .doc = "Host of RabbitMQ."},
    {"AMQP_PORT", CONFIG_PORT, AT(amqp.port), "5672", .doc = "Port of RabbitMQ."},
    {"AMQP_USER", CONFIG_TEXT, AT(amqp.user), "bourse_accounting", .doc = "User of the service."},
    {"AMQP_PASSWORD", CONFIG_SECRET, AT(amqp.password), NULL, .example = "a long random text", .doc = "Its password."},
    {"AMQP_VHOST", CONFIG_TEXT, AT(amqp.vhost), "/", .doc = "Virtual host."},

    {"JWKS_URL", CONFIG_TEXT, AT(jwks_url), "", .doc = "Where auth tells the public keys of user tokens (/.well-known/jwks.json); they may change at any time."},
    {"JWKS_REFRESH", CONFIG_U32, AT(jwks_refresh_s), "60", .min = 1, .max = 3600, .doc = "Seconds between two looks at JWKS_URL; an unknown key is asked for at once."},
    {"JWT_PUBLIC_KEY_FILE", CONFIG_FILE, AT(jwt_public_key), "", .doc = "PEM file: public key of user tokens that name no key. Without JWKS_URL it is the only one."},
    {"JWT_ALGORITHM", CONFIG_TEXT, AT(jwt_algorithm), "RS256", .values = "RS256 RS384 RS512 ES256 ES384 ES512", .doc = "The one algorithm of user tokens."},
    {"JWT_ISSUER", CONFIG_TEXT, AT(jwt_issuer), "barong", .doc = "Issuer of user tokens."},
    {"JWT_AUDIENCE", CONFIG_TEXT, AT(jwt_audience), "peatio,barong", .doc = "Comma list; a user token names one of them."},
    {"SERVICE_KEY_FILE", CONFIG_FILE, AT(service_key), NULL, .example = "/run/secrets/accounting.key", .doc = "PEM file: our private key (ES256) for calls to other services."},
    {"SERVICE_KEYS", CONFIG_TEXT, AT(service_keys), NULL, .example = "matching=/run/secrets/matching.pub", .doc = "Comma list NAME=FILE: public keys of services that may call us."},
    {"EVENT_API_JWT_PRIVATE_KEY_FILE", CONFIG_FILE, AT(event_key), NULL, .example = "/run/secrets/event.key", .doc = "PEM file: signs the events of the Event API."},
    {"EVENT_API_JWT_ALGORITHM", CONFIG_TEXT, AT(event_algorithm), "ES256", .values = "RS256 RS384 RS512 ES256 ES384 ES512", .doc = "Its algorithm."},
    {"MANAGEMENT_API_CONFIG", CONFIG_TEXT, AT(management_config), NULL, .example = "/etc/bourse/management_api.yml", .doc = "YAML file: signers and scopes of the management API."},
    {"ABILITIES_FILE", CONFIG_TEXT, AT(abilities_file), NULL, .example = "/etc/bourse/abilities.yml", .doc = "YAML file: roles and what they may do."},

    {"MINIMUM_MEMBER_LEVEL_FOR_DEPOSIT", CONFIG_U32, AT(level_deposit), NULL, .max = 99, .example = "1", .doc = "Level that deposits need."},
    {"MINIMUM_MEMBER_LEVEL_FOR_WITHDRAW", CONFIG_U32, AT(level_withdraw), NULL, .max = 99, .example = "3", .doc = "Level that withdrawals need."},
    {"MINIMUM_MEMBER_LEVEL_FOR_TRADING", CONFIG_U32, AT(level_trading), NULL, .max = 99, .example = "2", .doc = "Level that trading needs."},
    {"MARKET_PROTECTION", CONFIG_TEXT, AT(market_protection), "0.5", .doc = "Market orders trade at most this fraction away from the best price; 0: any. A market's data may say otherwise."},
    {"INTERNAL_TRANSFER_OTP", CONFIG_TEXT, AT(internal_transfer_otp), "verify", .values = "verify refuse ignore", .doc = "One-time codes of transfers between members: auth verifies them; ignore takes any. Never with real money."},
    {"WITHDRAW_OTP", CONFIG_TEXT, AT(withdraw_otp), "verify", .values = "verify refuse ignore", .doc = "One-time codes of withdrawals: the same."},
    {"AUTH_URL", CONFIG_TEXT, AT(auth_url), "", .doc = "Where auth's API is, scheme, host and port: it verifies one-time codes. Empty: every code is refused."},
    {"BLOCKCHAIN_URL", CONFIG_TEXT, AT(blockchain_url), "", .doc = "Where the blockchain gateway is, scheme, host and port. Empty: as if it were away."},

    {"SECRET_STORE", CONFIG_TEXT, AT(secret_store), "file", .values = "file vault", .doc = "Where the keys are kept that seal beneficiaries: an encrypted file, or HashiCorp Vault (OpenBao)."},
    {"SECRET_FILE", CONFIG_TEXT, AT(secret_file), "", .doc = "file: its path; made on the first start. Processes on one machine share it. Empty: nothing is sealed, and beneficiaries are refused."},
    {"SECRET_KEY_FILE", CONFIG_TEXT, AT(secret_key_file), "", .doc = "file: path of its key; made on the first start. Without it everything sealed is lost: back it up, elsewhere."},
    {"VAULT_ADDR", CONFIG_TEXT, AT(vault_addr), "", .doc = "vault: its URL."},
    {"VAULT_TOKEN", CONFIG_SECRET, AT(vault_token), "", .doc = "vault: a token; better a file or a role."},
    {"VAULT_TOKEN_FILE", CONFIG_TEXT, AT(vault_token_file), "", .doc = "vault: a file with the token, kept fresh by an agent."},
    {"VAULT_ROLE_ID", CONFIG_TEXT, AT(vault_role_id), "", .doc = "vault: the role of an AppRole login."},
    {"VAULT_SECRET_ID_FILE", CONFIG_TEXT, AT(vault_secret_id_file), "", .doc = "vault: a file with the secret id of that login."},
    {"VAULT_APP_NAME", CONFIG_TEXT, AT(vault_app_name), "bourse_accounting", .doc = "vault: what our names begin with: VAULT_KV/data/APP/NAME, and the key APP_credentials."},
    {"VAULT_KV", CONFIG_TEXT, AT(vault_kv), "secret", .doc = "vault: mount of the key-value engine, version 2."},
    {"VAULT_TRANSIT", CONFIG_TEXT, AT(vault_transit), "transit", .doc = "vault: mount of the transit engine; \"none\": our keyring seals."},

    {"WITHDRAW_ADMIN_APPROVE", CONFIG_BOOL, AT(withdraw_admin_approve), "false", .doc = "Every withdrawal waits for an operator, also within the limits."},
    {"WITHDRAW_APPROVALS", CONFIG_U32, AT(withdraw_approvals), "0", .max = 10, .doc = "Operators who must approve a withdrawal above WITHDRAW_APPROVALS_ABOVE before it is paid; 0: none."},
    {"WITHDRAW_APPROVALS_ABOVE", CONFIG_TEXT, AT(withdraw_approvals_above), "0", .doc = "Value in the platform currency above which approvals are needed."},
    {"WITHDRAW_APPROVALS_SIGNED", CONFIG_BOOL, AT(withdraw_approvals_signed), "false", .doc = "Approvals count only with the approver's own signature, which the signer verifies."},
    {"WITHDRAW_APPROVAL_HOURS", CONFIG_U32, AT(withdraw_approval_hours), "24", .min = 1, .max = 720, .doc = "Hours that an approval counts."},
    {"PAYMENT_GATEWAY", CONFIG_TEXT, AT(payment_gateway), "none", .values = "none local", .doc = "Who tells of payments by bank at /public/payments; none: nobody."},
    {"PAYMENT_GATEWAY_URL", CONFIG_TEXT, AT(payment_gateway_url), "", .doc = "Where PAYMENT_GATEWAY takes orders to pay withdrawals by bank; empty: it takes none."},
    {"PAYMENT_WEBHOOK_SECRET", CONFIG_SECRET, AT(payment_webhook_secret), "", .doc = "Signs the webhooks of PAYMENT_GATEWAY and what it is asked (HMAC-SHA256); at least 32 characters."},
    {"PAYMENT_WEBHOOK_AGE", CONFIG_U32, AT(payment_webhook_age_s), "300", .min = 1, .max = 86400, .doc = "Seconds after which a webhook of PAYMENT_GATEWAY is too old, or before which it is too new."},
    {"PAYMENT_SILENT_TIME", CONFIG_U32, AT(payment_silent_s), "86400", .min = 1, .max = 31536000, .doc = "Seconds from the release of a batch after which a payment is silent of which PAYMENT_GATEWAY has not said how it ended: it is listed at /admin/fiat_batches/silent, counted, and an ALERT in the log."},
    {"FIAT_ACCOUNTS", CONFIG_TEXT, AT(fiat_accounts), "", .doc = "Our accounts at banks, one a currency: eur=IBAN/BIC,usd=IBAN/BIC. Statements of other accounts are refused."},
    {"FIAT_ACCOUNT_HOLDER", CONFIG_TEXT, AT(fiat_account_holder), "Bourse", .doc = "Whose they are, as members and banks are told; at most 70 characters."},
    {"FIAT_DEPOSIT_APPROVAL_ABOVE", CONFIG_TEXT, AT(fiat_approval_above), "", .doc = "Value in the platform currency above which a payment by bank waits for the approval of a second person; empty: none does. What an operator assigned by hand always waits."},

    {"BENEFICIARY_HOLD_TIME", CONFIG_U32, AT(beneficiary_hold_s), "0", .max = 2592000, .doc = "Seconds that a new beneficiary must be active before anything is withdrawn to it."},
    {"BENEFICIARY_CONTRACTS", CONFIG_TEXT, AT(beneficiary_contracts), "refuse", .values = "refuse allow", .doc = "Addresses of smart contracts as beneficiaries: not all of them can take what is sent."},

    {"PNL_CURRENCIES", CONFIG_TEXT, AT(pnl_currencies), "", .doc = "Comma list: currencies in which profit and loss is kept."},
    {"PNL_EXCLUDE_ROLES", CONFIG_TEXT, AT(pnl_exclude_roles), "", .doc = "Comma list: roles whose members have no profit and loss."},
    {"CONVERSION_PATHS", CONFIG_TEXT, AT(conversion_paths), "", .doc = "Values over several markets: eur/usd:eur/usdt,_usd/usdt;... multiplies by the price of eur/usdt and divides (_) by that of usd/usdt."},
    {"PEATIO_PLATFORM_CURRENCY", CONFIG_TEXT, AT(platform_currency), "usdt", .doc = "Currency of prices and limits."},
    {"PRICE_INTERVAL", CONFIG_U32, AT(price_interval_s), "300", .max = 86400, .doc = "Seconds between two steps by which prices of currencies follow their markets, and amounts of networks (auto_update_fees_enabled) the prices; 0: operators set them."},
    {"PRICE_MIN_VOLUME", CONFIG_TEXT, AT(price_min_volume), "10000", .doc = "Least that a market trades in 24 h, in the platform currency, for a price to follow it."},
    {"PRICE_MAX_CHANGE", CONFIG_TEXT, AT(price_max_change), "0.02", .doc = "Share of a price that one step moves it at most: 0.02 is 2 %."},

    {"PEATIO_DEPOSIT_FUNDS_LOCKED", CONFIG_BOOL, AT(deposit_funds_locked), "false", .doc = "Deposited coins are spendable when they are collected, not when they are credited."},
    {"CHAIN_POLL_MS", CONFIG_U32, AT(chain_poll_ms), "5000", .min = 50, .max = 600000, .doc = "How often the blockchain gateway is asked for events that the broker did not bring."},
    {"COLLECT_POLL_MS", CONFIG_U32, AT(collect_poll_ms), "5000", .min = 50, .max = 600000, .doc = "How often deposits are collected, addresses asked for again, and wallets' balances read."},
    {"RECONCILE_STOP", CONFIG_TEXT, AT(reconcile_stop), "any", .values = "any shortage none", .doc = "Which unexplained difference between the coins on a chain and the books stops the withdrawals of a currency. Alarms are the same."},
    {"RECONCILE_APPROVALS", CONFIG_U32, AT(reconcile_approvals), "1", .min = 1, .max = 10, .doc = "Operators who must acknowledge a difference before withdrawals go on."},
    {"RECONCILE_CUSTODY_S", CONFIG_U32, AT(reconcile_custody_s), "60", .min = 1, .max = 3600, .doc = "How often a custodian's wallet, which has no blocks, is compared with the books."},
    {"RECONCILE_PAUSE_MS", CONFIG_U32, AT(reconcile_pause_ms), "10000", .min = 50, .max = 3600000, .doc = "Least time between two checks of a chain, however fast its blocks come."},

    {"ACCEPT_BATCH_MAX", CONFIG_U32, AT(accept_batch_max), "512", .min = 1, .max = 512, .doc = "Requests committed together; 1 is one transaction an order."},
    {"SETTLE_BATCH_MAX", CONFIG_U32, AT(settle_batch_max), "256", .min = 1, .max = 256, .doc = "Result messages settled together."},
    {"EVENT_BATCH_MAX", CONFIG_U32, AT(event_batch_max), "256", .min = 1, .max = 256, .doc = "Rows of the outbox told together."},
    {"SHARDS", CONFIG_U32, AT(shards), "1", .min = 1, .max = 16, .doc = "Queues of commands; markets are spread over them."},
    {"JOURNAL_KEPT_HOURS", CONFIG_U32, AT(journal_kept_hours), "168", .max = 87600, .doc = "Settled commands older than this leave the journal of the workers; 0: none does. The checker plays only a whole journal."},
    {NULL},
};
/* clang-format on */
