-- From where nobody gets in, or everybody.

CREATE TABLE restrictions (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    category ENUM('whitelist', 'maintenance', 'blacklist', 'blocklogin') NOT NULL,
    scope ENUM('continent', 'country', 'ip', 'ip_subnet', 'all') NOT NULL,
    value VARCHAR(64) NOT NULL,
    code INT NULL, -- HTTP status of the refusal
    state ENUM('enabled', 'disabled') NOT NULL DEFAULT 'enabled',
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY restrictions_value (category, scope, value)
) ENGINE=InnoDB;

-- Tokens that let their bearer's address in, for hours or days, as often as they are used.
CREATE TABLE whitelinks (
    token_hash BINARY(32) NOT NULL PRIMARY KEY,
    created_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    KEY whitelinks_expires_at (expires_at)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON restrictions TO bourse_auth_service;
GRANT SELECT, INSERT, DELETE ON whitelinks TO bourse_auth_service;
