-- Withdrawals: money that goes out, from the member's wish to the block that has it. domain/withdraw.h
-- has the states; a row changes in the transaction of its ledger entries.

CREATE TABLE withdraws (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    member_id BIGINT UNSIGNED NOT NULL,
    beneficiary_id BIGINT UNSIGNED NULL,
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    blockchain_key VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL, -- NULL: fiat
    amount DECIMAL(36,16) NOT NULL, -- what arrives: sum - fee
    fee DECIMAL(36,16) NOT NULL,
    sum DECIMAL(36,16) NOT NULL,    -- what the member asked for, and what is locked
    txid VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL, -- many withdrawals may share one
    aasm_state VARCHAR(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    block_number BIGINT NULL,
    confirmations INT NULL,
    type VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- coin, fiat
    transfer_type INT NOT NULL, -- fiat 100, card 101, wire 102, swift 103, sepa 104, crypto 200
    tid VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
    rid VARCHAR(256) COLLATE utf8mb4_bin NOT NULL, -- address, or the name of a fiat beneficiary
    note VARCHAR(256) NULL,
    metadata TEXT NULL, -- JSON object
    error TEXT NULL,    -- JSON array of {class, message}
    completed_at DATETIME(6) NULL,
    -- Beyond the contract:
    reason VARCHAR(160) NULL,         -- why it stands where it stands
    receiver_id BIGINT UNSIGNED NULL, -- the address is a member's of ours: nothing goes to the chain
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY withdraws_tid (tid),
    KEY withdraws_member (member_id, id),
    KEY withdraws_window (member_id, created_at),
    KEY withdraws_state (aasm_state, id),
    KEY withdraws_txid (txid),
    FOREIGN KEY (member_id) REFERENCES members (id),
    FOREIGN KEY (currency_id) REFERENCES currencies (id),
    CHECK (amount > 0 AND fee >= 0 AND sum = amount + fee)
) ENGINE=InnoDB;

CREATE TABLE withdraw_steps (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    withdraw_id BIGINT UNSIGNED NOT NULL,
    event VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    from_state VARCHAR(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    to_state VARCHAR(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    actor VARCHAR(64) NOT NULL, -- member, rules, gateway, management, admin UID
    reason VARCHAR(160) NULL,
    created_at DATETIME(6) NOT NULL,
    KEY steps_withdraw (withdraw_id, id)
) ENGINE=InnoDB COMMENT='Every change of state: who, when, why. Rows are only inserted';

CREATE TABLE withdraw_approvals (
    withdraw_id BIGINT UNSIGNED NOT NULL,
    member_id BIGINT UNSIGNED NOT NULL, -- the operator
    digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- of id, address, amount, currency, chain
    created_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    PRIMARY KEY (withdraw_id, member_id)
) ENGINE=InnoDB;

CREATE TABLE payout_requests (
    withdraw_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- pending, accepted, refused, conflict, stopping, ended
    body TEXT NOT NULL, -- JSON: what the gateway is asked to pay; never changed
    payout_state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL, -- as the gateway last told
    attempts INT UNSIGNED NOT NULL DEFAULT 0,
    error VARCHAR(255) NULL,
    next_at DATETIME(6) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    KEY requests_due (state, next_at)
) ENGINE=InnoDB COMMENT='Payments that the gateway is asked for until it has them';

GRANT SELECT, INSERT, UPDATE ON withdraws TO bourse_accounting_service;
GRANT SELECT, INSERT ON withdraw_steps TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE ON withdraw_approvals TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE ON payout_requests TO bourse_accounting_service;
