-- Chains as they are followed, the hashes of their last blocks, and the catalogue that accounting told last.

CREATE TABLE chains (
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    client VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    network VARCHAR(23) CHARACTER SET ascii COLLATE ascii_bin NULL, -- as a node told it first; never changed
    height BIGINT UNSIGNED NULL,   -- last block that was taken in; NULL: none yet
    hash VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin NULL,
    is_paused BOOLEAN NOT NULL DEFAULT FALSE,
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) ENGINE=InnoDB;

CREATE TABLE blocks (
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    height BIGINT UNSIGNED NOT NULL,
    hash VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    parent VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (chain_key, height)
) ENGINE=InnoDB COMMENT='Our view of the best chain: the last BLOCKS_KEPT of it';

CREATE TABLE catalogue (
    id TINYINT NOT NULL PRIMARY KEY, -- 1
    body LONGTEXT NOT NULL,
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) ENGINE=InnoDB COMMENT='What accounting told last: the gateway starts and follows without it';
