-- Programs of others (and of ours) that people let act for them.

CREATE TABLE oauth_clients (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    -- Not ascii: an id of a request is compared with it, whatever characters that has.
    client_id VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
    enabled BOOLEAN NOT NULL DEFAULT TRUE,
    -- The document of RFC 7591, as oauth_client_write() makes it.
    metadata MEDIUMTEXT NOT NULL,
    -- SHA-256 of 256 random bits. The former one is good for a while, so that a secret can be changed
    -- without a moment in which nothing works.
    secret_hash BINARY(32) NULL,
    former_secret_hash BINARY(32) NULL,
    former_secret_until DATETIME(6) NULL,
    -- Of the token with which a client that registered itself reads and changes itself.
    registration_hash BINARY(32) NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY oauth_clients_client_id (client_id)
) ENGINE=InnoDB;

-- What a person agreed to, so that he is not asked again.
CREATE TABLE oauth_consents (
    user_id BIGINT UNSIGNED NOT NULL,
    client_id BIGINT UNSIGNED NOT NULL,
    scope VARCHAR(512) CHARACTER SET ascii NOT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    PRIMARY KEY (user_id, client_id),
    FOREIGN KEY (user_id) REFERENCES users (id),
    FOREIGN KEY (client_id) REFERENCES oauth_clients (id) ON DELETE CASCADE
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_clients TO bourse_auth_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_consents TO bourse_auth_service;
