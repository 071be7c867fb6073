-- Money that comes by bank: the reference that a member writes on a transfer, and every payment that a
-- payment gateway or a statement told of, whether it could be credited or not.

CREATE TABLE payment_references (
    reference CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY, -- ISO 11649
    member_id BIGINT UNSIGNED NOT NULL,
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY references_member (member_id, currency_id),
    FOREIGN KEY (member_id) REFERENCES members (id),
    FOREIGN KEY (currency_id) REFERENCES currencies (id)
) ENGINE=InnoDB;

CREATE TABLE fiat_payments (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    source VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,    -- the gateway; "statement"
    event_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- its name of the payment
    digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- of what it says: one name, one payment
    state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- parked, waiting, credited, refused, reversed
    reason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,    -- why it is there
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- as it was told: maybe none of ours
    amount DECIMAL(36,16) NOT NULL,
    reference VARCHAR(140) NULL,
    payer VARCHAR(140) NULL,
    payer_account VARCHAR(64) NULL,
    member_id BIGINT UNSIGNED NULL,  -- whose it is, once that is known
    deposit_id BIGINT UNSIGNED NULL, -- credited by it
    maker_id BIGINT UNSIGNED NULL,   -- the operator who brought or assigned it, and may not approve it
    checker_id BIGINT UNSIGNED NULL, -- the operator who approved or refused it
    note VARCHAR(160) NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY payments_once (source, event_id),
    UNIQUE KEY payments_deposit (deposit_id),
    KEY payments_state (state, id),
    FOREIGN KEY (member_id) REFERENCES members (id),
    FOREIGN KEY (deposit_id) REFERENCES deposits (id),
    CHECK (amount > 0)
) ENGINE=InnoDB;

GRANT SELECT, INSERT ON payment_references TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE ON fiat_payments TO bourse_accounting_service;
