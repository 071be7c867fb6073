-- Signed-in browsers. The cookie's value is not here, only its hash: who reads this table can't use it.

CREATE TABLE sessions (
    id BINARY(32) NOT NULL PRIMARY KEY, -- SHA-256 of the cookie's value
    user_id BIGINT UNSIGNED NOT NULL,
    csrf_hash BINARY(32) NOT NULL,      -- SHA-256 of the CSRF token
    user_ip VARCHAR(45) CHARACTER SET ascii NOT NULL,
    user_agent VARCHAR(512) NOT NULL,   -- cut, to be shown
    user_agent_hash BINARY(32) NOT NULL, -- of the whole, to be compared
    -- What was shown at sign-in: "pwd", "pwd otp", "hwk"; and when last (step-up moves it).
    methods VARCHAR(64) CHARACTER SET ascii NOT NULL,
    authenticated_at DATETIME(6) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    -- Slides with use; ends_at does not.
    expires_at DATETIME(6) NOT NULL,
    ends_at DATETIME(6) NOT NULL,
    KEY sessions_user (user_id),
    KEY sessions_expires_at (expires_at),
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO bourse_auth_service;
