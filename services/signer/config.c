#include "signer/config.h"

#include <stddef.h>

#include "signer/state/config.h"

#define AT(member) offsetof(struct signer_config, member)

/* clang-format off */
const struct config_row signer_config_rows[] = {
    {"HTTP_HOST", CONFIG_TEXT, AT(http_host), "127.0.0.1", .doc = "Address of the API. Only the gateway may reach it."},
    {"HTTP_PORT", CONFIG_PORT, AT(http_port), "8000", .doc = "Port of the API."},
    {"OPS_HOST", CONFIG_TEXT, AT(ops_host), "127.0.0.1", .doc = "Address of /alive, /ready, /metrics."},
    {"OPS_PORT", CONFIG_PORT, AT(ops_port), "8001", .doc = "Port of /alive, /ready, /metrics."},
    {"LOG_LEVEL", CONFIG_TEXT, AT(log_level), "info", .values = "debug info warning error", .doc = "Least level that is logged."},
    {"WORKERS", CONFIG_U32, AT(workers), "4", .min = 1, .max = 64, .doc = "Threads that answer requests. They sign side by side; decisions and the audit file are one after the other."},
    {"CONNECTIONS_MAX", CONFIG_U32, AT(connections_max), "64", .min = 4, .max = 1000, .doc = "Open connections of the API."},

    {"SERVICE_KEYS", CONFIG_TEXT, AT(service_keys), NULL, .example = "blockchain=/run/secrets/blockchain.pub", .doc = "Who may ask: NAME=FILE, PEM files with the ES256 public keys of services. Only blockchain is let in."},
    {"POLICY_FILE", CONFIG_TEXT, AT(policy_file), NULL, .example = "/etc/bourse/signer_policy.yml", .doc = "YAML file: what may be signed. What it does not list is refused."},
    {"AUDIT_FILE", CONFIG_TEXT, AT(audit_file), NULL, .example = "/var/lib/bourse/signer/audit.jsonl", .doc = "The decisions, one a line, chained by hashes; made on the first start. Sums and payout ids come out of it: a signer that has seeds and not this file does not start."},

    {"SECRET_STORE", CONFIG_TEXT, AT(secret_store), "file", .values = "file vault", .doc = "Where seeds are kept: an encrypted file, or HashiCorp Vault (OpenBao)."},
    {"SECRET_FILE", CONFIG_TEXT, AT(secret_file), "", .doc = "file: its path; made on the first start, with the seeds. Back it up."},
    {"SECRET_KEY_FILE", CONFIG_TEXT, AT(secret_key_file), "", .doc = "file: path of its key; made on the first start. Without it the seeds are lost: back it up, elsewhere."},
    {"VAULT_ADDR", CONFIG_TEXT, AT(vault_addr), "", .doc = "vault: its URL."},
    {"VAULT_TOKEN", CONFIG_SECRET, AT(vault_token), "", .doc = "vault: a token; better a file or a role."},
    {"VAULT_TOKEN_FILE", CONFIG_TEXT, AT(vault_token_file), "", .doc = "vault: a file with the token, kept fresh by an agent."},
    {"VAULT_ROLE_ID", CONFIG_TEXT, AT(vault_role_id), "", .doc = "vault: the role of an AppRole login."},
    {"VAULT_SECRET_ID_FILE", CONFIG_TEXT, AT(vault_secret_id_file), "", .doc = "vault: a file with the secret id of that login."},
    {"VAULT_APP_NAME", CONFIG_TEXT, AT(vault_app_name), "bourse-signer", .doc = "vault: what our names begin with: VAULT_KV/data/APP/NAME. Not the name of another service."},
    {"VAULT_KV", CONFIG_TEXT, AT(vault_kv), "secret", .doc = "vault: mount of the key-value engine, version 2."},
    {NULL},
};
/* clang-format on */
