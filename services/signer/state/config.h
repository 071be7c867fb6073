/* config.h: the configuration of the signer. The table over this struct is signer_config_rows. */
#ifndef SIGNER_STATE_CONFIG_H
#define SIGNER_STATE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

struct signer_config {
    const char *http_host, *ops_host, *log_level;
    uint16_t http_port, ops_port;
    uint32_t workers, connections_max;
    const char *service_keys;             /* who may ask: "blockchain=/keys/blockchain.pub" */
    const char *policy_file, *audit_file; /* paths */
    const char *secret_store, *secret_file, *secret_key_file;
    const char *vault_addr, *vault_token, *vault_token_file, *vault_role_id, *vault_secret_id_file;
    const char *vault_app_name, *vault_kv;
};

#endif
