-- Keys that sign requests (HMAC-SHA256). A key belongs to a user or to a service account.

CREATE TABLE api_keys (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kid CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    user_id BIGINT UNSIGNED NULL,
    service_account_id BIGINT UNSIGNED NULL,
    algorithm VARCHAR(16) CHARACTER SET ascii NOT NULL,
    scope TEXT NOT NULL, -- words with commas between them
    secret TEXT CHARACTER SET ascii NOT NULL, -- sealed
    state VARCHAR(32) NOT NULL DEFAULT 'active',
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY api_keys_kid (kid),
    KEY api_keys_user (user_id),
    KEY api_keys_service_account (service_account_id),
    FOREIGN KEY (user_id) REFERENCES users (id),
    FOREIGN KEY (service_account_id) REFERENCES service_accounts (id),
    CHECK ((user_id IS NULL) <> (service_account_id IS NULL))
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON api_keys TO bourse_auth_service;
