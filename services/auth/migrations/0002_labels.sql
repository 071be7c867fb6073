-- How far a person is known: labels, and the levels that unbroken rows of private labels reach.

CREATE TABLE labels (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    `key` VARCHAR(255) COLLATE utf8mb4_bin NOT NULL,
    value VARCHAR(255) COLLATE utf8mb4_bin NOT NULL,
    scope ENUM('public', 'private') NOT NULL DEFAULT 'public',
    description VARCHAR(255) NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY labels_user_key_scope (user_id, `key`, scope),
    KEY labels_key_value (`key`, value, scope),
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

-- In the order of ids: a user's level is the id of the last row of the unbroken run of labels held.
CREATE TABLE levels (
    id INT UNSIGNED NOT NULL PRIMARY KEY,
    `key` VARCHAR(255) COLLATE utf8mb4_bin NOT NULL,
    value VARCHAR(255) COLLATE utf8mb4_bin NULL,
    description VARCHAR(255) NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON labels TO bourse_auth_service;
GRANT SELECT ON levels TO bourse_auth_service;
