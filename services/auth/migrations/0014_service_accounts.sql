-- Accounts of programs: no password, no session, API keys only. Level and state follow the owner.

CREATE TABLE service_accounts (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    uid VARCHAR(32) COLLATE utf8mb4_bin NOT NULL, -- in `uids` too
    owner_id BIGINT UNSIGNED NULL,
    email VARCHAR(255) NOT NULL,
    role VARCHAR(32) NOT NULL,
    level INT NOT NULL DEFAULT 0,
    state VARCHAR(32) NOT NULL DEFAULT 'pending',
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY service_accounts_uid (uid),
    UNIQUE KEY service_accounts_email (email),
    KEY service_accounts_owner (owner_id),
    FOREIGN KEY (owner_id) REFERENCES users (id),
    CHECK (level >= 0)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE ON service_accounts TO bourse_auth_service;
