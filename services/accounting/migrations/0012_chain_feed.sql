-- How far the events of the blockchain gateway are in the books, and those that could not be applied.

CREATE TABLE chain_feed (
    source VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    seq BIGINT UNSIGNED NOT NULL, -- the last event whose effect is committed
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) ENGINE=InnoDB;

INSERT INTO chain_feed (source, seq) VALUES ('blockchain', 0);

CREATE TABLE chain_parked (
    source VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    seq BIGINT UNSIGNED NOT NULL,
    name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    reason VARCHAR(160) NOT NULL,
    event MEDIUMTEXT NOT NULL, -- JSON, as it came
    state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'parked', -- parked, applied
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (source, seq),
    KEY parked_state (state, seq)
) ENGINE=InnoDB COMMENT='Nothing that came in is forgotten: applied later, or by an operator';

CREATE TABLE chain_heads (
    blockchain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    height BIGINT NOT NULL,
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) ENGINE=InnoDB COMMENT='The newest block of each chain, as the gateway tells';

CREATE TABLE chain_dust (
    blockchain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    units BIGINT UNSIGNED NOT NULL, -- of network fees, below 10^-16: not booked yet
    PRIMARY KEY (blockchain_key, currency_id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE ON chain_feed TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE ON chain_parked TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE ON chain_heads TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE ON chain_dust TO bourse_accounting_service;
