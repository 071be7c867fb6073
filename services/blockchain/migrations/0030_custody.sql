-- Custody: what its webhooks told, once for each (transfer, state), until the transfer was read from the provider.

CREATE TABLE custody_notices (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    transfer_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    state VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- as it was told; not believed
    tries INT UNSIGNED NOT NULL DEFAULT 0,
    reason VARCHAR(215) NOT NULL DEFAULT '',
    created_at DATETIME(6) NOT NULL,
    next_try_at DATETIME(6) NULL, -- NULL: done
    UNIQUE KEY custody_notices_once (chain_key, transfer_id, state),
    KEY custody_notices_due (chain_key, next_try_at)
) ENGINE=InnoDB;

CREATE TABLE custody_late_addresses (
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    remote_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (chain_key, remote_id)
) ENGINE=InnoDB COMMENT='Asked for; the provider tells them later';
