-- Files of cold wallets of Ethereum-like chains: what was asked of a key without network, and what came back. A
-- transaction that no row asked for is not sent; rows are never deleted.

CREATE TABLE cold_files (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    from_address VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    nonce BIGINT UNSIGNED NOT NULL,
    digest CHAR(66) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- what is signed: all fields
    file MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- as it was handed out
    txid CHAR(66) CHARACTER SET ascii COLLATE ascii_bin NULL, -- NULL: not signed yet
    raw MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NULL, -- stored before a node hears of it
    created_at DATETIME(6) NOT NULL,
    signed_at DATETIME(6) NULL,
    UNIQUE KEY cold_files_digest (chain_key, digest),
    KEY cold_files_nonce (chain_key, from_address, nonce)
) ENGINE=InnoDB;
