-- Mails that were made of events, so that an event that comes twice is one mail. What they said is not
-- here. Kept for longer than any event is believed (sweep.c).

CREATE TABLE mails (
    id BINARY(16) NOT NULL PRIMARY KEY, -- of the event's signer and jti
    event VARCHAR(64) NOT NULL,         -- name of the row of the mailer's configuration
    uid VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
    -- sending: begun, and perhaps sent when the process died there: it is sent again.
    state ENUM('sending', 'sent', 'dropped', 'dead') NOT NULL DEFAULT 'sending',
    reason VARCHAR(64) CHARACTER SET ascii NULL, -- of dropped and dead
    attempts INT UNSIGNED NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    KEY mails_uid (uid, event, updated_at),
    KEY mails_created_at (created_at)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON mails TO bourse_auth_service;
