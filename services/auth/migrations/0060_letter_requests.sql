-- Who asked for a mail by an address alone, whether there is such a user or not: the answer is given
-- before anybody looks, so that its time tells nothing (keeper of auth: letter requests).

CREATE TABLE letter_requests (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind ENUM('confirmation', 'reset') NOT NULL,
    email VARCHAR(255) NOT NULL,
    user_ip VARCHAR(45) CHARACTER SET ascii NOT NULL,
    user_ip_country VARCHAR(64) NOT NULL,
    user_agent VARCHAR(512) NOT NULL,
    created_at DATETIME(6) NOT NULL
) ENGINE=InnoDB;

GRANT SELECT, INSERT, DELETE ON letter_requests TO bourse_auth_service;
