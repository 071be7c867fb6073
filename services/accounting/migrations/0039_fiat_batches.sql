-- Money that goes out by bank: withdrawals in the batches in which the bank is asked to pay them, and what was
-- told of each. Everything of which the file of a batch is written is kept here, so that it is the same for ever.

CREATE TABLE fiat_batches (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    message_id VARCHAR(35) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- the bank takes each once
    state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,      -- made, released, dropped
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    payments INT UNSIGNED NOT NULL,
    sum DECIMAL(36,16) NOT NULL,
    payer VARCHAR(70) NOT NULL,
    payer_iban VARCHAR(34) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    payer_bic VARCHAR(11) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    maker_id BIGINT UNSIGNED NULL,   -- the operator who made it, and may not release it; NULL: from the shell
    checker_id BIGINT UNSIGNED NULL, -- who released or dropped it
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY batches_message (message_id),
    FOREIGN KEY (currency_id) REFERENCES currencies (id)
) ENGINE=InnoDB;

-- The primary key says that a withdrawal is in one batch; a dropped batch gives its rows up.
CREATE TABLE fiat_batch_items (
    withdraw_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    batch_id BIGINT UNSIGNED NOT NULL,
    receiver TEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- sealed: IBAN, a blank, the name
    KEY items_batch (batch_id, withdraw_id),
    FOREIGN KEY (withdraw_id) REFERENCES withdraws (id),
    FOREIGN KEY (batch_id) REFERENCES fiat_batches (id)
) ENGINE=InnoDB;

CREATE TABLE fiat_payout_news (
    withdraw_id BIGINT UNSIGNED NOT NULL,
    source VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- the gateway; "statement"
    kind VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,   -- paid, returned
    event_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (withdraw_id, source, kind), -- another event_id: it was paid twice
    FOREIGN KEY (withdraw_id) REFERENCES withdraws (id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE ON fiat_batches TO bourse_accounting_service;
GRANT SELECT, INSERT, DELETE ON fiat_batch_items TO bourse_accounting_service;
GRANT SELECT, INSERT ON fiat_payout_news TO bourse_accounting_service;
