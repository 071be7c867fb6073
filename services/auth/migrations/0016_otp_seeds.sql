-- Seeds of one-time codes, sealed. The step of the last code that was taken: each is good once.

CREATE TABLE otp_seeds (
    user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    seed TEXT CHARACTER SET ascii NOT NULL,
    last_step BIGINT NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL,
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON otp_seeds TO bourse_auth_service;
