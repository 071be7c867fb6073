-- What people did, and what was done to them. Rows are added, never changed: the service has no right.

CREATE TABLE activities (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    target_uid VARCHAR(32) COLLATE utf8mb4_bin NULL,
    category ENUM('user', 'admin') NOT NULL,
    user_ip VARCHAR(45) CHARACTER SET ascii NOT NULL,
    user_ip_country VARCHAR(64) NULL,
    user_agent VARCHAR(512) NOT NULL,
    topic VARCHAR(255) NOT NULL,
    action VARCHAR(255) NOT NULL,
    result ENUM('succeed', 'failed', 'denied') NOT NULL,
    data MEDIUMTEXT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY activities_user (user_id, category, topic),
    KEY activities_target (target_uid),
    KEY activities_created_at (created_at),
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT ON activities TO bourse_auth_service;
