-- What is under way: requests that were pushed or wait for a person, devices, proofs, logout calls.

CREATE TABLE oauth_flows (
    handle_hash BINARY(32) NOT NULL PRIMARY KEY,
    kind ENUM('pushed', 'browser') NOT NULL,
    client_id BIGINT UNSIGNED NOT NULL,
    params MEDIUMTEXT NOT NULL,    -- JSON object: the authorization request
    pushed BOOLEAN NOT NULL,       -- it came by the back channel
    browser_hash BINARY(32) NULL,  -- of the cookie of the browser that began it
    device_id BIGINT UNSIGNED NULL, -- the device that waits for it
    -- The person must have signed in no earlier than this (prompt=login, max_age).
    login_after DATETIME(6) NULL,
    expires_at DATETIME(6) NOT NULL,
    KEY oauth_flows_expires_at (expires_at),
    FOREIGN KEY (client_id) REFERENCES oauth_clients (id) ON DELETE CASCADE
) ENGINE=InnoDB;

CREATE TABLE oauth_devices (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    device_hash BINARY(32) NOT NULL,
    user_code CHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    client_id BIGINT UNSIGNED NOT NULL,
    scope VARCHAR(512) CHARACTER SET ascii NOT NULL,
    resource VARCHAR(1024) CHARACTER SET ascii NULL,
    state ENUM('pending', 'approved', 'denied', 'used') NOT NULL DEFAULT 'pending',
    grant_id BIGINT UNSIGNED NULL, -- approved, used
    interval_s INT UNSIGNED NOT NULL,
    polled_at DATETIME(6) NULL,
    expires_at DATETIME(6) NOT NULL,
    UNIQUE KEY oauth_devices_device (device_hash),
    UNIQUE KEY oauth_devices_user_code (user_code),
    KEY oauth_devices_expires_at (expires_at),
    FOREIGN KEY (client_id) REFERENCES oauth_clients (id) ON DELETE CASCADE,
    FOREIGN KEY (grant_id) REFERENCES oauth_grants (id) ON DELETE CASCADE
) ENGINE=InnoDB;

-- Proofs and assertions that were used: SHA-256 of who made it and its jti.
CREATE TABLE oauth_once (
    id BINARY(32) NOT NULL PRIMARY KEY,
    expires_at DATETIME(6) NOT NULL,
    KEY oauth_once_expires_at (expires_at)
) ENGINE=InnoDB;

-- Clients that have to be told that a session is over.
CREATE TABLE oauth_logouts (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    client_id BIGINT UNSIGNED NOT NULL,
    uid VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
    sid CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    tries INT UNSIGNED NOT NULL DEFAULT 0,
    next_at DATETIME(6) NOT NULL,
    KEY oauth_logouts_next_at (next_at),
    FOREIGN KEY (client_id) REFERENCES oauth_clients (id) ON DELETE CASCADE
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_flows TO bourse_auth_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_devices TO bourse_auth_service;
GRANT SELECT, INSERT, DELETE ON oauth_once TO bourse_auth_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_logouts TO bourse_auth_service;
