-- Who a person is. One row of uids for every user and service account: a uid names one of them only.

CREATE TABLE uids (
    uid VARCHAR(32) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
    kind ENUM('user', 'service_account') NOT NULL
) ENGINE=InnoDB;

CREATE TABLE users (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    -- Not ascii: a uid of a request is compared with it, whatever characters that has.
    uid VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
    username VARCHAR(12) COLLATE utf8mb4_bin NULL,
    -- Kept as it was sent, compared without case.
    email VARCHAR(255) NOT NULL,
    -- $argon2id$..., or $2a$... of an import until its first sign-in. Empty: no password signs in.
    password_digest VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    role VARCHAR(32) NOT NULL DEFAULT 'member',
    data TEXT NULL,
    level INT NOT NULL DEFAULT 0,
    otp BOOLEAN NOT NULL DEFAULT FALSE,
    state VARCHAR(32) NOT NULL DEFAULT 'pending',
    referral_id BIGINT UNSIGNED NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY users_uid (uid),
    UNIQUE KEY users_username (username),
    UNIQUE KEY users_email (email),
    KEY users_created_at (created_at),
    FOREIGN KEY (referral_id) REFERENCES users (id),
    CHECK (level >= 0)
) ENGINE=InnoDB;

GRANT SELECT, INSERT ON uids TO bourse_auth_service;
GRANT SELECT, INSERT, UPDATE ON users TO bourse_auth_service;
