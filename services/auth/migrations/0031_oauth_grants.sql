-- A grant is one permission that was given: all tokens that come of it live and die with it.

CREATE TABLE oauth_grants (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    grant_id VARCHAR(32) COLLATE utf8mb4_bin NOT NULL, -- its name for the world
    client_id BIGINT UNSIGNED NOT NULL,
    user_id BIGINT UNSIGNED NULL,                      -- NULL: the client acts for itself
    scope VARCHAR(512) CHARACTER SET ascii NOT NULL,
    resource VARCHAR(1024) CHARACTER SET ascii NULL,   -- audience that was asked for
    -- The session in which it was given; sid is what the client knows of it.
    session_id BINARY(32) NULL,
    sid CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NULL,
    methods VARCHAR(64) CHARACTER SET ascii NOT NULL DEFAULT '',
    authenticated_at DATETIME(6) NULL,
    jkt CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NULL, -- key that refresh tokens are bound to
    created_at DATETIME(6) NOT NULL,
    used_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    revoked_at DATETIME(6) NULL,
    revoked_why VARCHAR(32) CHARACTER SET ascii NULL,
    UNIQUE KEY oauth_grants_grant_id (grant_id),
    KEY oauth_grants_user (user_id, client_id),
    KEY oauth_grants_session (session_id),
    KEY oauth_grants_expires_at (expires_at),
    FOREIGN KEY (client_id) REFERENCES oauth_clients (id) ON DELETE CASCADE,
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

CREATE TABLE oauth_codes (
    code_hash BINARY(32) NOT NULL PRIMARY KEY,
    grant_id BIGINT UNSIGNED NOT NULL,
    redirect_uri VARCHAR(1024) NOT NULL,
    challenge CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    nonce TEXT NULL,
    jkt CHAR(43) CHARACTER SET ascii COLLATE ascii_bin NULL, -- dpop_jkt of the request
    expires_at DATETIME(6) NOT NULL,
    used_at DATETIME(6) NULL, -- stays, so that a second use is seen
    KEY oauth_codes_expires_at (expires_at),
    FOREIGN KEY (grant_id) REFERENCES oauth_grants (id) ON DELETE CASCADE
) ENGINE=InnoDB;

CREATE TABLE oauth_refresh_tokens (
    token_hash BINARY(32) NOT NULL PRIMARY KEY,
    grant_id BIGINT UNSIGNED NOT NULL,
    seed BINARY(32) NOT NULL, -- with the token itself it makes the successor
    created_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    used_at DATETIME(6) NULL, -- stays, so that a second use is seen
    KEY oauth_refresh_tokens_expires_at (expires_at),
    FOREIGN KEY (grant_id) REFERENCES oauth_grants (id) ON DELETE CASCADE
) ENGINE=InnoDB;

CREATE TABLE oauth_access_tokens (
    jti VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    grant_id BIGINT UNSIGNED NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    revoked_at DATETIME(6) NULL,
    KEY oauth_access_tokens_expires_at (expires_at),
    FOREIGN KEY (grant_id) REFERENCES oauth_grants (id) ON DELETE CASCADE
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_grants TO bourse_auth_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_codes TO bourse_auth_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_refresh_tokens TO bourse_auth_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_access_tokens TO bourse_auth_service;
