-- Deposits: money that came in, from the first sight on the chain (or an operator's word, for fiat) to
-- its collection into the exchange's wallets. Amounts of the chain are whole numbers of the smallest
-- unit, as text: a uint256 has 78 digits, a DECIMAL at most 65.

CREATE TABLE payment_addresses (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    member_id BIGINT UNSIGNED NOT NULL,
    wallet_id BIGINT NOT NULL,
    blockchain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    address VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL, -- NULL: the gateway was not reached yet
    remote BOOLEAN NOT NULL DEFAULT FALSE,
    request_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- the same one gets the same address
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY addresses_request (request_id),
    UNIQUE KEY addresses_address (blockchain_key, address), -- whose is it: each transfer asks
    KEY addresses_member (member_id, wallet_id),
    KEY addresses_pending (address, id),
    FOREIGN KEY (member_id) REFERENCES members (id),
    FOREIGN KEY (wallet_id) REFERENCES wallets (id)
) ENGINE=InnoDB;

CREATE TABLE deposits (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    member_id BIGINT UNSIGNED NOT NULL,
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    blockchain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
    type VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- coin, fiat
    amount DECIMAL(36,16) NOT NULL,
    fee DECIMAL(36,16) NOT NULL DEFAULT 0,
    address VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
    from_addresses TEXT NULL, -- JSON array
    txid VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
    txout BIGINT NULL,
    aasm_state VARCHAR(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    block_number BIGINT NULL,
    transfer_type INT NULL, -- card 101, wire 102, swift 103, sepa 104
    tid VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
    error TEXT NULL,
    completed_at DATETIME(6) NULL,
    -- Beyond the contract:
    transfer_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL, -- the gateway's name of it
    contract VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    units VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NULL,
    dust BIGINT UNSIGNED NOT NULL DEFAULT 0, -- units below 10^-16 of the currency: not in `amount`
    hold_reason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL, -- why it is not credited by itself
    confirmed BOOLEAN NOT NULL DEFAULT FALSE, -- the gateway said so
    credited BOOLEAN NOT NULL DEFAULT FALSE,  -- its ledger rows are written
    held_locked BOOLEAN NOT NULL DEFAULT FALSE, -- credited into the locked part, until collected
    reverted BOOLEAN NOT NULL DEFAULT FALSE,  -- credited, and not on the chain any more
    frozen DECIMAL(36,16) NOT NULL DEFAULT 0, -- of the member, since it was reverted
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY deposits_once (blockchain_key, txid, txout, currency_id, address), -- one credit a transfer
    UNIQUE KEY deposits_tid (tid),
    KEY deposits_member (member_id, id),
    KEY deposits_txid (txid),
    KEY deposits_state (aasm_state, id),
    FOREIGN KEY (member_id) REFERENCES members (id),
    FOREIGN KEY (currency_id) REFERENCES currencies (id),
    CHECK (amount >= 0 AND fee >= 0 AND frozen >= 0)
) ENGINE=InnoDB;

CREATE TABLE deposit_parts (
    deposit_id BIGINT UNSIGNED NOT NULL,
    part INT NOT NULL, -- over all attempts: a payout is named collect-<deposit>-<part>
    wallet_id BIGINT NOT NULL,
    to_address VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    amount DECIMAL(36,16) NOT NULL,
    units VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- pending, asked, succeed, failed, skipped
    txid VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
    reason VARCHAR(255) NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (deposit_id, part),
    KEY parts_status (status, deposit_id),
    FOREIGN KEY (deposit_id) REFERENCES deposits (id)
) ENGINE=InnoDB COMMENT='The spread of a deposit over wallets';

CREATE TABLE refunds (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    deposit_id BIGINT UNSIGNED NOT NULL,
    state VARCHAR(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- pending, processed, failed
    address VARCHAR(255) NOT NULL,
    locked BOOLEAN NOT NULL DEFAULT FALSE, -- the member's credit is held until it is processed
    asked BOOLEAN NOT NULL DEFAULT FALSE,  -- the gateway has the payout refund-<id>
    txid VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY refunds_deposit (deposit_id),
    KEY refunds_state (state, id),
    FOREIGN KEY (deposit_id) REFERENCES deposits (id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE ON payment_addresses TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE ON deposits TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE ON deposit_parts TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE ON refunds TO bourse_accounting_service;
