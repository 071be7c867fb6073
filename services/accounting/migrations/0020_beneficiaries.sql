-- Where members may withdraw to. What they confided (an address, a bank account) is sealed by the keys
-- of the secret store; of the address there is a keyed hash, by which a second one is found.

CREATE TABLE beneficiaries (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    member_id BIGINT UNSIGNED NOT NULL,
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    blockchain_key VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL, -- NULL: fiat
    name VARCHAR(64) NOT NULL,
    description VARCHAR(255) NULL,
    data_sealed TEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- JSON object
    address_index CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL, -- coins; NULL when archived
    pin_index CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL, -- keyed hash of the code in the mail
    pin_tries TINYINT UNSIGNED NOT NULL DEFAULT 0, -- wrong ones since it was sent
    state TINYINT NOT NULL DEFAULT 0, -- pending 0, active 1, archived 2, aml_processing 3, aml_suspicious 4
    sent_at DATETIME(6) NULL,
    active_at DATETIME(6) NULL, -- since when it is active
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY beneficiaries_address (member_id, currency_id, address_index),
    KEY beneficiaries_member (member_id, state, id),
    FOREIGN KEY (member_id) REFERENCES members (id),
    FOREIGN KEY (currency_id) REFERENCES currencies (id)
) ENGINE=InnoDB;

CREATE TABLE beneficiary_pin_failures (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    member_id BIGINT UNSIGNED NOT NULL,
    beneficiary_id BIGINT UNSIGNED NOT NULL,
    created_at DATETIME(6) NOT NULL,
    KEY failures_member (member_id, created_at)
) ENGINE=InnoDB COMMENT='Wrong codes, so that many beneficiaries give no more tries than a few';

GRANT SELECT, INSERT, UPDATE ON beneficiaries TO bourse_accounting_service;
GRANT SELECT, INSERT, DELETE ON beneficiary_pin_failures TO bourse_accounting_service;
