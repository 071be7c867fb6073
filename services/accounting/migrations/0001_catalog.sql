-- What may be traded, by whom, at which fee. Small tables, read into memory as one catalog.

CREATE TABLE sequences (
    name VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    next BIGINT UNSIGNED NOT NULL -- the first id that nobody has reserved
) ENGINE=InnoDB COMMENT='Blocks of ids, reserved by the writers: orders; journal (trades and ledger rows)';

INSERT INTO sequences (name, next) VALUES ('orders', 1), ('journal', 1);

CREATE TABLE operations_accounts (
    code INT NOT NULL PRIMARY KEY,
    type VARCHAR(10) NOT NULL,
    kind VARCHAR(30) NOT NULL,
    currency_type VARCHAR(10) NOT NULL,
    description VARCHAR(100) NULL,
    scope VARCHAR(10) NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY type_kind (type, kind, currency_type)
) ENGINE=InnoDB COMMENT='Chart of accounts';

CREATE TABLE blockchains (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    `key` VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name VARCHAR(255) NULL,
    client VARCHAR(255) NOT NULL,
    server VARCHAR(1024) NULL,
    height BIGINT NOT NULL DEFAULT 0,
    collection_gas_speed VARCHAR(255) NULL,
    withdrawal_gas_speed VARCHAR(255) NULL,
    description TEXT NULL,
    warning TEXT NULL,
    protocol VARCHAR(255) NOT NULL DEFAULT '',
    explorer_address VARCHAR(255) NULL,
    explorer_transaction VARCHAR(255) NULL,
    min_confirmations INT NOT NULL DEFAULT 6,
    min_deposit_amount DECIMAL(36,16) NOT NULL DEFAULT 0,
    withdraw_fee DECIMAL(36,16) NOT NULL DEFAULT 0,
    min_withdraw_amount DECIMAL(36,16) NOT NULL DEFAULT 0,
    status VARCHAR(32) NOT NULL DEFAULT 'active',
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY blockchains_key (`key`)
) ENGINE=InnoDB;

CREATE TABLE currencies (
    id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    name VARCHAR(255) NULL,
    description TEXT NULL,
    homepage VARCHAR(255) NULL,
    type VARCHAR(30) NOT NULL DEFAULT 'coin',
    status VARCHAR(32) NOT NULL DEFAULT 'enabled',
    position INT NOT NULL,
    `precision` TINYINT NOT NULL DEFAULT 8,
    icon_url VARCHAR(255) NULL,
    price DECIMAL(36,16) NOT NULL DEFAULT 1,
    -- What 2.6 keeps on the currency itself and the newer model has no place for.
    withdraw_limit_24h DECIMAL(36,16) NOT NULL DEFAULT 0,
    withdraw_limit_72h DECIMAL(36,16) NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) ENGINE=InnoDB;

CREATE TABLE blockchain_currencies (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    blockchain_key VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
    parent_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NULL,
    deposit_fee DECIMAL(36,16) NOT NULL DEFAULT 0,
    min_deposit_amount DECIMAL(36,16) NOT NULL DEFAULT 0,
    min_collection_amount DECIMAL(36,16) NOT NULL DEFAULT 0,
    withdraw_fee DECIMAL(36,16) NOT NULL DEFAULT 0,
    min_withdraw_amount DECIMAL(36,16) NOT NULL DEFAULT 0,
    deposit_enabled BOOLEAN NOT NULL DEFAULT TRUE,
    withdrawal_enabled BOOLEAN NOT NULL DEFAULT TRUE,
    auto_update_fees_enabled BOOLEAN NOT NULL DEFAULT TRUE,
    base_factor BIGINT NOT NULL DEFAULT 1,
    status VARCHAR(32) NOT NULL DEFAULT 'enabled',
    options VARCHAR(1000) NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY currency_blockchain (currency_id, blockchain_key),
    FOREIGN KEY (currency_id) REFERENCES currencies (id)
) ENGINE=InnoDB COMMENT='Networks: on which chain a currency moves, and at what cost';

CREATE TABLE engines (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(255) NOT NULL,
    driver VARCHAR(255) NOT NULL,
    uid VARCHAR(255) NULL,
    url VARCHAR(255) NULL,
    `key` VARCHAR(255) NULL,
    secret VARCHAR(255) NULL,
    data VARCHAR(1024) NULL,
    state INT NOT NULL DEFAULT 1,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY engines_name (name)
) ENGINE=InnoDB;

CREATE TABLE markets (
    id VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY, -- base || quote
    type VARCHAR(16) NOT NULL DEFAULT 'spot',
    base_unit VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    quote_unit VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    engine_id BIGINT NOT NULL,
    amount_precision TINYINT NOT NULL DEFAULT 4,
    price_precision TINYINT NOT NULL DEFAULT 4,
    min_price DECIMAL(36,16) NOT NULL DEFAULT 0,
    max_price DECIMAL(36,16) NOT NULL DEFAULT 0,
    min_amount DECIMAL(36,16) NOT NULL DEFAULT 0,
    position INT NOT NULL,
    data TEXT NULL,
    state VARCHAR(32) NOT NULL DEFAULT 'enabled',
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY pair (base_unit, quote_unit, type),
    FOREIGN KEY (base_unit) REFERENCES currencies (id),
    FOREIGN KEY (quote_unit) REFERENCES currencies (id),
    FOREIGN KEY (engine_id) REFERENCES engines (id),
    CHECK (amount_precision >= 0 AND price_precision >= 0),
    CHECK (amount_precision + price_precision <= 10)
) ENGINE=InnoDB;

CREATE TABLE trading_fees (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    market_id VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'any',
    market_type VARCHAR(16) NOT NULL DEFAULT 'spot',
    `group` VARCHAR(32) NOT NULL DEFAULT 'any',
    maker DECIMAL(7,6) NOT NULL DEFAULT 0,
    taker DECIMAL(7,6) NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY market_group (market_id, market_type, `group`),
    CHECK (maker >= 0 AND maker <= 0.5 AND taker >= 0 AND taker <= 0.5)
) ENGINE=InnoDB;

CREATE TABLE withdraw_limits (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    `group` VARCHAR(32) NOT NULL DEFAULT 'any',
    kyc_level VARCHAR(32) NOT NULL DEFAULT 'any',
    limit_24_hour DECIMAL(36,16) NOT NULL DEFAULT 0,
    limit_1_month DECIMAL(36,16) NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY group_level (`group`, kyc_level)
) ENGINE=InnoDB;

-- The role of the running service.
GRANT SELECT, INSERT, UPDATE, DELETE ON sequences TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON operations_accounts TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON blockchains TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON currencies TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON blockchain_currencies TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON engines TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON markets TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON trading_fees TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON withdraw_limits TO bourse_accounting_service;
