-- What may happen once, or only so often, whichever process is asked and however often it restarts.

-- Tokens that were used, by jti, until they expire by themselves.
CREATE TABLE used_tokens (
    jti VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    expires_at DATETIME(6) NOT NULL,
    KEY used_tokens_expires_at (expires_at)
) ENGINE=InnoDB;

-- The one link of a password reset that works: the latest.
CREATE TABLE password_resets (
    user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    token_hash BINARY(32) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    KEY password_resets_expires_at (expires_at),
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

-- Leaky buckets, by the hash of what they limit ("password|account", "mail|address").
CREATE TABLE throttles (
    id BINARY(32) NOT NULL PRIMARY KEY,
    -- The moment at which the bucket is empty again.
    empty_at DATETIME(6) NOT NULL,
    KEY throttles_empty_at (empty_at)
) ENGINE=InnoDB;

-- Browsers that signed in before: they are not held back by what strangers do to the account.
CREATE TABLE known_devices (
    user_id BIGINT UNSIGNED NOT NULL,
    device_hash BINARY(32) NOT NULL,
    last_seen_at DATETIME(6) NOT NULL,
    PRIMARY KEY (user_id, device_hash),
    KEY known_devices_last_seen_at (last_seen_at),
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, DELETE ON used_tokens TO bourse_auth_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON password_resets TO bourse_auth_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON throttles TO bourse_auth_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON known_devices TO bourse_auth_service;
