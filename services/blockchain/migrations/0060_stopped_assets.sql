-- What accounting says must not be paid now: coins of it are missing (its reconciliation).

CREATE TABLE stopped_assets (
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    contract VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- lower case; '': the native coin
    told_at BIGINT UNSIGNED NOT NULL, -- accounting's microseconds of the last list that had it
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (chain_key, contract)
) ENGINE=InnoDB COMMENT='Withdrawals and refunds of these are not signed';

CREATE TABLE stopped_assets_heard (
    id TINYINT NOT NULL PRIMARY KEY, -- 1; no row: accounting never told a list
    heard_at DATETIME(6) NOT NULL
) ENGINE=InnoDB COMMENT='When the last list came';
