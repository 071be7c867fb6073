-- Codes for the day on which the phone is gone: 120 random bits each, so a plain hash protects them.
-- Used ones stay, to be counted, until new ones are made.

CREATE TABLE recovery_codes (
    user_id BIGINT UNSIGNED NOT NULL,
    code_hash BINARY(32) NOT NULL, -- of the user's id and the code
    used_at DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (user_id, code_hash),
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON recovery_codes TO bourse_auth_service;
