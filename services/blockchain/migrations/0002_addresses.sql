-- Addresses of ours, for ever. Rows without a request are derived ahead and wait to be given out.

CREATE TABLE addresses (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    address VARCHAR(127) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- canonical
    watch_kind TINYINT UNSIGNED NOT NULL, -- enum watch_kind
    watch_key VARBINARY(32) NOT NULL,
    account TINYINT UNSIGNED NULL, -- BIP-44: 0 deposit, 1 hot, 2 warm, 3 fee; NULL: not derived by us
    idx INT UNSIGNED NULL,
    purpose VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- deposit, hot, warm, fee, cold
    owner VARCHAR(64) NULL,
    request_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    assigned_at DATETIME(6) NULL,
    UNIQUE KEY addresses_address (chain_key, address),
    UNIQUE KEY addresses_request (chain_key, request_id),
    UNIQUE KEY addresses_index (chain_key, account, idx),
    KEY addresses_free (chain_key, account, assigned_at, idx)
) ENGINE=InnoDB;
