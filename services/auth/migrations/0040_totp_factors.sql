-- One-time codes of authenticator apps. The seed is sealed (secret/secret.h, context totp.seed/UID).

CREATE TABLE totp_factors (
    user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    seed VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- The step of the last code that was taken: it only goes up, so a code is good once.
    last_step BIGINT NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    FOREIGN KEY (user_id) REFERENCES users (id),
    CHECK (last_step >= 0)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON totp_factors TO bourse_auth_service;
