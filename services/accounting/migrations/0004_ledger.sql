-- The double-entry ledger. Rows are only ever inserted: the service's user may not change them.

CREATE TABLE ledger (
    id BIGINT UNSIGNED NOT NULL PRIMARY KEY, -- from sequences.journal
    reference_type VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- "order", "adjustment"
    reference_id BIGINT UNSIGNED NOT NULL,
    event VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- "submit", "cancel", "accept"
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    member_id BIGINT UNSIGNED NULL, -- owner of the legs whose code is member-scoped
    code_a SMALLINT NOT NULL,       -- first leg: account code
    amount_a DECIMAL(36,16) NOT NULL, -- credit above zero, debit below
    code_b SMALLINT NULL,           -- second leg, if there is one
    amount_b DECIMAL(36,16) NULL,
    created_at DATETIME(6) NOT NULL,
    KEY ledger_member (member_id, id),
    CHECK (amount_a <> 0 AND (amount_b IS NULL OR amount_b <> 0))
) ENGINE=InnoDB COMMENT='Wide rows: one or two operations each. Trades are in the table trades';

CREATE TABLE seal_heads (
    writer VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    seq BIGINT UNSIGNED NOT NULL,
    digest BINARY(32) NOT NULL
) ENGINE=InnoDB COMMENT='The end of each chain of seals';

CREATE TABLE seals (
    writer VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- "accept", "settle:btcusd", "admin"
    seq BIGINT UNSIGNED NOT NULL,
    first_id BIGINT UNSIGNED NOT NULL, -- the journal ids of one transaction, trades and ledger rows
    last_id BIGINT UNSIGNED NOT NULL,
    digest BINARY(32) NOT NULL, -- SHA-256(digest before || rows as text, by id); see domain/seal.h
    PRIMARY KEY (writer, seq)
) ENGINE=InnoDB COMMENT='Hash chains over the journal: a changed or missing row shows';

CREATE TABLE adjustments (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    reason VARCHAR(255) NOT NULL,
    description TEXT NOT NULL,
    creator_id BIGINT UNSIGNED NOT NULL,
    validator_id BIGINT UNSIGNED NULL,
    amount DECIMAL(36,16) NOT NULL,
    asset_account_code INT NOT NULL,
    receiving_account_number VARCHAR(64) NOT NULL,
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    category INT NOT NULL,
    state INT NOT NULL DEFAULT 1, -- pending 1, accepted 2, rejected 3
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) ENGINE=InnoDB;

CREATE TABLE transfers (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    `key` VARCHAR(30) NOT NULL,
    category INT NOT NULL,
    description VARCHAR(255) NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY transfers_key (`key`)
) ENGINE=InnoDB;

CREATE TABLE internal_transfers (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    amount DECIMAL(36,16) NOT NULL,
    sender_id BIGINT UNSIGNED NOT NULL,
    receiver_id BIGINT UNSIGNED NOT NULL,
    state INT NOT NULL DEFAULT 1,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY sender (sender_id),
    KEY receiver (receiver_id)
) ENGINE=InnoDB;

CREATE TABLE stats_member_pnl (
    pnl_currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    member_id BIGINT UNSIGNED NOT NULL,
    total_credit DECIMAL(36,16) NOT NULL DEFAULT 0,
    total_credit_fees DECIMAL(36,16) NOT NULL DEFAULT 0,
    total_debit_fees DECIMAL(36,16) NOT NULL DEFAULT 0,
    total_debit DECIMAL(36,16) NOT NULL DEFAULT 0,
    total_credit_value DECIMAL(36,16) NOT NULL DEFAULT 0,
    total_debit_value DECIMAL(36,16) NOT NULL DEFAULT 0,
    total_balance_value DECIMAL(36,16) NOT NULL DEFAULT 0,
    average_balance_price DECIMAL(36,16) NOT NULL DEFAULT 0,
    PRIMARY KEY (pnl_currency_id, currency_id, member_id)
) ENGINE=InnoDB;

CREATE TABLE stats_member_pnl_idx (
    pnl_currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    reference_type VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    last_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (pnl_currency_id, currency_id, reference_type)
) ENGINE=InnoDB;

-- The role of the running service. Journal tables: insert and read, nothing else.
GRANT SELECT, INSERT ON ledger TO bourse_accounting_service;
GRANT SELECT, INSERT ON trades TO bourse_accounting_service;
GRANT SELECT, INSERT ON seals TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON seal_heads TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON adjustments TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON transfers TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON internal_transfers TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON stats_member_pnl TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON stats_member_pnl_idx TO bourse_accounting_service;
GRANT SELECT ON schema_migrations TO bourse_accounting_service;
