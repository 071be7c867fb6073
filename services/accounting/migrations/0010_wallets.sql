-- The exchange's own wallets: where deposits are collected to and withdrawals are paid from. The keys
-- are the signer's; here is what a wallet is for, its address and how much it should hold.

CREATE TABLE wallets (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    blockchain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name VARCHAR(64) NOT NULL,
    address VARCHAR(255) NOT NULL DEFAULT '', -- '': none yet; "changeme": the gateway was away
    kind INT NOT NULL,                        -- 100 deposit, 200 fee, 310 hot, 320 warm, 330 cold
    gateway VARCHAR(20) NOT NULL,
    settings VARCHAR(1024) NULL,              -- JSON without secrets; never shown
    balance VARCHAR(1024) NULL,               -- JSON {code: "decimal" or "N/A"}: as last seen on chain
    balance_at DATETIME(6) NULL,
    max_balance DECIMAL(36,16) NOT NULL DEFAULT 0, -- in the platform currency
    status VARCHAR(32) NOT NULL DEFAULT 'active',
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY wallets_chain (blockchain_key, kind)
) ENGINE=InnoDB;

CREATE TABLE currencies_wallets (
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    wallet_id BIGINT NOT NULL,
    PRIMARY KEY (wallet_id, currency_id),
    FOREIGN KEY (currency_id) REFERENCES currencies (id),
    FOREIGN KEY (wallet_id) REFERENCES wallets (id) ON DELETE CASCADE
) ENGINE=InnoDB;

CREATE TABLE whitelisted_smart_contracts (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    blockchain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    address VARCHAR(191) COLLATE utf8mb4_bin NOT NULL,
    description VARCHAR(255) NULL,
    state VARCHAR(30) NOT NULL DEFAULT 'active',
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY contracts_address (blockchain_key, address)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON wallets TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON currencies_wallets TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON whitelisted_smart_contracts TO bourse_accounting_service;
