-- Batches that a payment gateway pays, and how far each payment of theirs is there. Its name at the gateway is the tid of
-- the withdrawal, so that asking again pays once.

ALTER TABLE fiat_batches ADD COLUMN by_gateway BOOLEAN NOT NULL DEFAULT FALSE; -- else a file for the bank

ALTER TABLE fiat_batch_items
    ADD COLUMN order_state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NULL, -- NULL: a file; new, asked, taken, ended
    ADD COLUMN attempts INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN error VARCHAR(255) NULL,
    ADD COLUMN next_at DATETIME(6) NULL,
    ADD KEY items_due (order_state, next_at);

GRANT UPDATE ON fiat_batch_items TO bourse_accounting_service;
