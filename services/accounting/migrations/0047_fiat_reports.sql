-- What a bank said of the orders in a file that it was given (pain.002): the files, with what became of each line, and
-- where each payment stands by the bank's word. Its money moves by a rejection or a statement alone.

CREATE TABLE fiat_reports (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    batch_id BIGINT UNSIGNED NOT NULL,
    message_id VARCHAR(35) NOT NULL COLLATE utf8mb4_bin, -- the bank's name of the file
    digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- of the file: one name, one file
    outcome MEDIUMTEXT NOT NULL, -- JSON, as it was answered
    maker_id BIGINT UNSIGNED NULL, -- the operator who brought it; NULL: from the shell
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY reports_once (batch_id, message_id),
    FOREIGN KEY (batch_id) REFERENCES fiat_batches (id)
) ENGINE=InnoDB;

ALTER TABLE fiat_batch_items
    ADD COLUMN bank_status VARCHAR(4) CHARACTER SET ascii COLLATE ascii_bin NULL, -- ACCP, ACSP, ACSC, PDNG, RJCT, ...
    ADD COLUMN bank_reason VARCHAR(160) NULL,
    ADD COLUMN bank_at DATETIME(6) NULL;

GRANT SELECT, INSERT ON fiat_reports TO bourse_accounting_service;
