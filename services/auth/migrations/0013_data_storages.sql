-- What front ends keep with a user, by title; and what administrators note about him.

CREATE TABLE data_storages (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    title VARCHAR(64) NOT NULL, -- compared without case
    data TEXT NOT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY data_storages_title (user_id, title),
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

CREATE TABLE comments (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    author_uid VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
    title VARCHAR(64) NOT NULL,
    data MEDIUMTEXT NOT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    KEY comments_user (user_id),
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON data_storages TO bourse_auth_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON comments TO bourse_auth_service;
