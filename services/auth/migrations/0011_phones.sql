-- Telephone numbers, sealed; found by a keyed hash. A verified number is one user's.

CREATE TABLE phones (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    country CHAR(2) CHARACTER SET ascii NOT NULL,
    number TEXT CHARACTER SET ascii NOT NULL,
    number_index VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- The code that was sent: its keyed hash, until when it is good, and how often it was guessed.
    code_hash VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NULL,
    code_expires_at DATETIME(6) NULL,
    code_tries INT UNSIGNED NOT NULL DEFAULT 0,
    validated_at DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    verified_index VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin
        AS (IF(validated_at IS NULL, NULL, number_index)) PERSISTENT,
    UNIQUE KEY phones_verified (verified_index),
    UNIQUE KEY phones_user_number (user_id, number_index),
    KEY phones_number (number_index),
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON phones TO bourse_auth_service;
