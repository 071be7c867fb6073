-- Which role may call which path of every service; asked by authz, prefix by prefix.

CREATE TABLE permissions (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    action ENUM('ACCEPT', 'DROP', 'AUDIT') NOT NULL,
    role VARCHAR(32) NOT NULL,
    verb ENUM('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'ALL') NOT NULL,
    path VARCHAR(255) COLLATE utf8mb4_bin NOT NULL, -- without the leading slash
    topic VARCHAR(255) NULL,                        -- of the activity rows that AUDIT writes
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY permissions_role (role)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON permissions TO bourse_auth_service;
