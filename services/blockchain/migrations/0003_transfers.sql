-- What came in, what of ours was spent, and what could not be read.

CREATE TABLE transfers (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    txid VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    idx INT UNSIGNED NOT NULL,
    contract VARCHAR(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- '' the native coin
    address VARCHAR(127) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    address_id BIGINT UNSIGNED NOT NULL,
    units DECIMAL(65,0) NOT NULL,
    sender VARCHAR(127) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    state VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- seen, confirmed, reverted
    height BIGINT UNSIGNED NOT NULL,
    block_hash VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    confirmations_need INT UNSIGNED NOT NULL, -- those of the chain when it was seen, or its maturity
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY transfers_once (chain_key, txid, idx, contract, address),
    KEY transfers_state (chain_key, state, height),
    KEY transfers_address (address_id),
    CHECK (units > 0)
) ENGINE=InnoDB;

CREATE TABLE spends (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    txid VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    prev_txid VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    prev_idx INT UNSIGNED NOT NULL DEFAULT 0,
    address_id BIGINT UNSIGNED NULL,
    nonce BIGINT UNSIGNED NULL,
    is_failed BOOLEAN NOT NULL DEFAULT FALSE,
    fee_units DECIMAL(65,0) NULL,
    height BIGINT UNSIGNED NOT NULL,
    block_hash VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY spends_once (chain_key, txid, prev_txid, prev_idx),
    KEY spends_coin (chain_key, prev_txid, prev_idx),
    KEY spends_height (chain_key, height)
) ENGINE=InnoDB COMMENT='Of the best chain only: a reorganisation deletes the rows of its blocks';

CREATE TABLE parked (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    height BIGINT UNSIGNED NOT NULL,
    block_hash VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    txid VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- '' the block itself
    idx INT UNSIGNED NOT NULL,
    reason VARCHAR(160) NOT NULL,
    state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'waiting', -- waiting, done, reverted
    tries INT UNSIGNED NOT NULL DEFAULT 0,
    next_try_at DATETIME(6) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY parked_once (chain_key, block_hash, txid, idx),
    KEY parked_due (state, next_try_at)
) ENGINE=InnoDB;
