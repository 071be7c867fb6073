#include "blockchain/config.h"

#include <stddef.h>

#include "blockchain/state/config.h"

#define AT(member) offsetof(struct blockchain_config, member)

/* clang-format off */
const struct config_row blockchain_config_rows[] = {
    {"HTTP_HOST", CONFIG_TEXT, AT(http_host), "127.0.0.1", .doc = "Address of the API."},
    {"HTTP_PORT", CONFIG_PORT, AT(http_port), "8000", .doc = "Port of the API."},
    {"OPS_HOST", CONFIG_TEXT, AT(ops_host), "127.0.0.1", .doc = "Address of /alive, /ready, /metrics."},
    {"OPS_PORT", CONFIG_PORT, AT(ops_port), "8001", .doc = "Port of /alive, /ready, /metrics."},
    {"LOG_LEVEL", CONFIG_TEXT, AT(log_level), "info", .values = "debug info warning error", .doc = "Least level that is logged."},
    {"WORKERS", CONFIG_U32, AT(workers), "4", .min = 1, .max = 64, .doc = "Threads, and database connections, of requests that read tables or ask nodes."},
    {"CONNECTIONS_MAX", CONFIG_U32, AT(connections_max), "256", .min = 16, .max = 10000, .doc = "Open connections of the API."},

    {"DB_SOCKET", CONFIG_TEXT, AT(db.socket), "", .doc = "Unix socket of MariaDB; empty: DB_HOST and DB_PORT."},
    {"DB_HOST", CONFIG_TEXT, AT(db.host), "127.0.0.1", .doc = "Host of MariaDB."},
    {"DB_PORT", CONFIG_PORT, AT(db.port), "3306", .doc = "Port of MariaDB."},
    {"DB_NAME", CONFIG_TEXT, AT(db.name), "bourse_blockchain", .doc = "Schema."},
    {"DB_USER", CONFIG_TEXT, AT(db.user), "bourse_blockchain", .doc = "User of the service."},
    {"DB_PASSWORD", CONFIG_SECRET, AT(db.password), NULL, .example = "a long random text", .doc = "Its password."},
    {"DB_MIGRATE_USER", CONFIG_TEXT, AT(db_migrate_user), "", .doc = "User of --migrate; empty: DB_USER."},
    {"DB_MIGRATE_PASSWORD", CONFIG_SECRET, AT(db_migrate_password), "", .doc = "Its password."},
    {"DB_WEAK_DURABILITY_ALLOWED", CONFIG_BOOL, AT(db.weak_durability_allowed), "false", .doc = "Run on a database that may lose commits. Never with real money."},
    {"MIGRATIONS_DIR", CONFIG_TEXT, AT(migrations_dir), "services/blockchain/migrations", .doc = "Folder of the numbered SQL files."},

    {"AMQP_HOST", CONFIG_TEXT, AT(amqp.host), "127.0.0.1", .doc = "Host of RabbitMQ."},
    {"AMQP_PORT", CONFIG_PORT, AT(amqp.port), "5672", .doc = "Port of RabbitMQ."},
    {"AMQP_USER", CONFIG_TEXT, AT(amqp.user), "bourse_blockchain", .doc = "User of the service."},
    {"AMQP_PASSWORD", CONFIG_SECRET, AT(amqp.password), NULL, .example = "a long random text", .doc = "Its password."},
    {"AMQP_VHOST", CONFIG_TEXT, AT(amqp.vhost), "/", .doc = "Virtual host."},

    {"JWKS_URL", CONFIG_TEXT, AT(jwks_url), "", .doc = "Where auth tells the public keys of user tokens (/.well-known/jwks.json); they may change at any time."},
    {"JWKS_REFRESH", CONFIG_U32, AT(jwks_refresh_s), "60", .min = 1, .max = 3600, .doc = "Seconds between two looks at JWKS_URL."},
    {"JWT_PUBLIC_KEY_FILE", CONFIG_FILE, AT(jwt_public_key), "", .doc = "PEM file: public key of user tokens that name no key. Without JWKS_URL it is the only one."},
    {"JWT_ALGORITHM", CONFIG_TEXT, AT(jwt_algorithm), "RS256", .values = "RS256 RS384 RS512 ES256 ES384 ES512", .doc = "The one algorithm of user tokens."},
    {"JWT_ISSUER", CONFIG_TEXT, AT(jwt_issuer), "barong", .doc = "Issuer of user tokens."},
    {"JWT_AUDIENCE", CONFIG_TEXT, AT(jwt_audience), "peatio,barong", .doc = "Comma list; a user token names one of them."},
    {"SERVICE_KEY_FILE", CONFIG_FILE, AT(service_key), NULL, .example = "/run/secrets/blockchain.key", .doc = "PEM file: our private key (ES256) for calls to other services."},
    {"SERVICE_KEYS", CONFIG_TEXT, AT(service_keys), NULL, .example = "accounting=/run/secrets/accounting.pub", .doc = "Comma list NAME=FILE: public keys of services that may call us."},
    {"EVENT_API_JWT_PRIVATE_KEY_FILE", CONFIG_FILE, AT(event_key), NULL, .example = "/run/secrets/event.key", .doc = "PEM file: signs our events."},
    {"EVENT_API_JWT_ALGORITHM", CONFIG_TEXT, AT(event_algorithm), "ES256", .values = "RS256 RS384 RS512 ES256 ES384 ES512", .doc = "Its algorithm."},

    {"ACCOUNTING_URL", CONFIG_TEXT, AT(accounting_url), NULL, .example = "http://127.0.0.1:18005", .doc = "Where accounting tells chains, assets and wallets."},
    {"SIGNER_URL", CONFIG_TEXT, AT(signer_url), NULL, .example = "http://127.0.0.1:18015", .doc = "Where the signer gives public keys and signs."},
    {"SAFE_SIGNER_URLS", CONFIG_TEXT, AT(safe_signer_urls), "", .doc = "Comma list: signers of the other owners of Safe contract wallets, asked after SIGNER_URL."},
    {"CATALOGUE_POLL_MS", CONFIG_U32, AT(catalogue_poll_ms), "2000", .min = 50, .max = 60000, .doc = "Milliseconds between two looks at the catalogue of accounting."},
    {"TIP_POLL_MS", CONFIG_U32, AT(tip_poll_ms), "1000", .min = 20, .max = 60000, .doc = "Milliseconds between two looks at a chain that is at its tip."},
    {"NODE_TIMEOUT_MS", CONFIG_U32, AT(node_timeout_ms), "15000", .min = 100, .max = 120000, .doc = "Time of one call of a node."},
    {"NODE_AUTHORITIES_FILE", CONFIG_FILE, AT(node_authorities), "", .doc = "PEM file: the only authorities whose certificates nodes and custodians may have; empty: those of the system."},
    {"BLOCKS_KEPT", CONFIG_U32, AT(blocks_kept), "1000", .min = 10, .max = 100000, .doc = "Hashes of blocks that are kept for each chain: a reorganisation deeper than this stops the chain."},
    {"ADDRESS_POOL", CONFIG_U32, AT(address_pool), "200", .min = 1, .max = 100000, .doc = "Addresses derived ahead, for each chain."},
    {"READY_LAG_MAX", CONFIG_U32, AT(ready_lag_max), "3", .min = 1, .max = 10000, .doc = "Blocks that a chain may be behind its tip and still be ready."},
    {"PAYOUT_POLL_MS", CONFIG_U32, AT(payout_poll_ms), "500", .min = 20, .max = 60000, .doc = "Milliseconds between two looks at what is to be paid."},
    {"BUMP_BLOCKS", CONFIG_U32, AT(bump_blocks), "6", .min = 1, .max = 100000, .doc = "Blocks after which a transaction that is in none gets a higher fee."},
    {"VOID_CONFIRMATIONS", CONFIG_U32, AT(void_confirmations), "6", .min = 1, .max = 10000, .doc = "Blocks on top of a foreign use of the same coins or nonce before a payout counts as failed."},
    {"COIN_FEE_FALLBACK", CONFIG_U32, AT(coin_fee_fallback), "10000", .min = 1, .doc = "Bitcoin-like chains: units per 1,000 virtual bytes when the node has no estimate."},
    {"COIN_FEE_LEAST", CONFIG_U32, AT(coin_fee_least), "1000", .min = 1, .doc = "The least that is offered, and what a replacement adds."},
    {"COIN_FEE_CAP", CONFIG_U32, AT(coin_fee_cap), "1000000", .min = 1, .doc = "The most; above it payouts wait."},
    {"COIN_DUST", CONFIG_U32, AT(coin_dust), "5460", .min = 1, .doc = "The least that an output may be: smaller payouts are refused, smaller change goes to the fee."},
    {"GAS_PRICE_LEAST_MWEI", CONFIG_U32, AT(gas_price_least_mwei), "1000", .doc = "Ethereum-like chains: the least tip, in millions of wei per gas."},
    {"GAS_PRICE_CAP_GWEI", CONFIG_U32, AT(gas_price_cap_gwei), "500", .min = 1, .max = 1000000, .doc = "The most per gas; above it payouts wait."},
    {"GAS_LIMIT_CAP", CONFIG_U32, AT(gas_limit_cap), "500000", .min = 21000, .max = 30000000, .doc = "The most gas of one payout; a higher estimate is not believed."},
    {"EVENTS_KEPT_DAYS", CONFIG_U32, AT(events_kept_days), "90", .max = 36500, .doc = "Days that events are kept which accounting has; 0: for ever."},
    {"FAULT_FILE", CONFIG_TEXT, AT(fault_file), "", .doc = "Tests only: the executor of payouts dies at the step that this file names. Nothing is paid on a main network while it is set."},
    {"SECOND_OPINION", CONFIG_TEXT, AT(second_opinion), "", .doc = "CHAIN:CONTRACT=UNITS between blanks (no contract: the native coin): a block with a transfer of so much or more is compared with another provider. On a main network every block that pays us is, but for assets named here."},
    {"SINGLE_PROVIDER_ALLOWED", CONFIG_TEXT, AT(single_provider_allowed), "", .doc = "Chains between blanks that may run with one provider on a main network: whatever it says is believed."},
    {"CUSTODY_WEBHOOK_SECRET", CONFIG_SECRET, AT(custody_webhook_secret), "", .doc = "Signs the webhooks of custody providers (HMAC-SHA256 of the body); empty: none is taken."},
    {"CUSTODY_WEBHOOK_URL", CONFIG_TEXT, AT(custody_webhook_url), "", .doc = "Where custody providers reach us, as it is registered there: https://exchange.example/webhooks; the chain's key is added. Empty: none is registered."},
    {"CUSTODY_PASSPHRASE", CONFIG_SECRET, AT(custody_passphrase), "", .doc = "Opens the wallets of custody providers that want one with each payment (walletPassphrase); empty: none is sent."},
    {"CUSTODY_AGAIN_S", CONFIG_U32, AT(custody_again_s), "60", .min = 1, .max = 86400, .doc = "Seconds after which a custodian that knows nothing of a payment is asked for it again, under the same sequence id."},
    {"CUSTODY_LIST_S", CONFIG_U32, AT(custody_list_s), "300", .min = 1, .max = 86400, .doc = "Seconds between two looks at a custodian's list of what came in, for what no webhook told."},
    {"CUSTODY_LOOK_MAX_S", CONFIG_U32, AT(custody_look_max_s), "60", .min = 1, .max = 3600, .doc = "Longest pause, in seconds, between two looks at a payment that a custodian has; a webhook ends it."},
    {"CUSTODY_FAILED_S", CONFIG_U32, AT(custody_failed_s), "600", .min = 1, .max = 604800, .doc = "Seconds for which a custodian has to say that a transfer failed or was rejected before its payout fails."},
    {NULL},
};
/* clang-format on */
