-- Tokens that are not listed, sent to addresses of ours: for operators, credited to nobody. Bounded; of the best chain only.

CREATE TABLE strays (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    txid VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    idx INT UNSIGNED NOT NULL, -- of the log, in its block
    contract VARCHAR(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    address_id BIGINT UNSIGNED NOT NULL,
    units DECIMAL(65,0) NOT NULL,
    sender VARCHAR(127) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    height BIGINT UNSIGNED NOT NULL,
    block_hash VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY strays_once (chain_key, txid, idx),
    KEY strays_contract (chain_key, contract),
    KEY strays_height (chain_key, height)
) ENGINE=InnoDB;
