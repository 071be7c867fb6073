-- Who a user says to be. What identifies a person is sealed (libs/secret): without the keys of the
-- secret store these columns are noise.

CREATE TABLE profiles (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    author VARCHAR(32) COLLATE utf8mb4_bin NULL, -- uid of the administrator who filed it
    applicant_id VARCHAR(64) COLLATE utf8mb4_bin NULL, -- at the provider of identity checks
    first_name TEXT CHARACTER SET ascii NULL,
    last_name TEXT CHARACTER SET ascii NULL,
    dob TEXT CHARACTER SET ascii NULL,
    address TEXT CHARACTER SET ascii NULL,
    postcode VARCHAR(255) NULL,
    city VARCHAR(255) NULL,
    country VARCHAR(3) CHARACTER SET ascii NULL,
    state ENUM('drafted', 'submitted', 'verified', 'rejected') NOT NULL DEFAULT 'drafted',
    metadata TEXT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    -- At most one that is still open, whoever writes.
    open_user_id BIGINT UNSIGNED AS (IF(state IN ('drafted', 'submitted'), user_id, NULL)) PERSISTENT,
    UNIQUE KEY profiles_open (open_user_id),
    KEY profiles_user (user_id),
    KEY profiles_applicant (applicant_id),
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE ON profiles TO bourse_auth_service;
