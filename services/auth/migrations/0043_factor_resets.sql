-- Getting rid of second factors that were lost: asked for, confirmed by mail, then a wait in which the
-- owner is told and may stop it; then every factor of the user is removed.

CREATE TABLE factor_resets (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    -- 1 while it waits, NULL when it is over: one at a time for a user.
    open_mark TINYINT NULL DEFAULT 1,
    state ENUM('waiting', 'done', 'cancelled') NOT NULL DEFAULT 'waiting',
    -- Of the link that stops it.
    cancel_hash BINARY(32) NOT NULL,
    -- Who asked: the user himself (NULL) or an administrator; and who stopped it.
    started_by VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
    cancelled_by VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    created_at DATETIME(6) NOT NULL,
    due_at DATETIME(6) NOT NULL,
    reminded_at DATETIME(6) NOT NULL,
    ended_at DATETIME(6) NULL,
    UNIQUE KEY factor_resets_open (user_id, open_mark),
    KEY factor_resets_due (open_mark, due_at),
    KEY factor_resets_cancel (cancel_hash),
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE ON factor_resets TO bourse_auth_service;
