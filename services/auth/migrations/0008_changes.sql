-- What changed under the caches: every process reads it each second and drops what it names.

CREATE TABLE changes (
    seq BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind VARCHAR(24) CHARACTER SET ascii NOT NULL,
    `key` VARCHAR(255) COLLATE utf8mb4_bin NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY changes_created_at (created_at)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, DELETE ON changes TO bourse_auth_service;
