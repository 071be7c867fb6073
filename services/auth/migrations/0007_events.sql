-- What waits to be told to the world: written in the transaction of what happened, deleted when the
-- broker has it.

CREATE TABLE events (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(96) CHARACTER SET ascii NOT NULL, -- "model.user.created"
    record MEDIUMTEXT NOT NULL,                    -- JSON object
    changes MEDIUMTEXT NULL,                       -- JSON object: former values
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, DELETE ON events TO bourse_auth_service;
