-- Public keys of authenticators (WebAuthn). Nothing here is a secret.

CREATE TABLE passkeys (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    credential_hash BINARY(32) NOT NULL, -- SHA-256 of the id: ids are longer than an index takes
    credential_id VARBINARY(1023) NOT NULL,
    public_key VARBINARY(1024) NOT NULL, -- COSE
    algorithm INT NOT NULL,
    sign_count INT UNSIGNED NOT NULL,
    aaguid BINARY(16) NOT NULL,
    transports VARCHAR(64) CHARACTER SET ascii NOT NULL DEFAULT '', -- "internal hybrid"
    name VARCHAR(64) NOT NULL,
    may_be_backed_up BOOLEAN NOT NULL,
    is_backed_up BOOLEAN NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    last_used_at DATETIME(6) NULL,
    UNIQUE KEY passkeys_credential (credential_hash),
    KEY passkeys_user (user_id),
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON passkeys TO bourse_auth_service;
