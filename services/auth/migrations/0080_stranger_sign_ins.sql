-- Sign-ins that failed because nobody has the address. They are kept as those of users are, in a table
-- of the same width: an operator sees lists of leaked addresses being tried, and the time of an answer
-- does not tell who has an account.

CREATE TABLE stranger_sign_ins (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    email_digest BINARY(32) NOT NULL, -- SHA-256 of the address in lower case: it is not ours to keep
    user_ip VARCHAR(45) CHARACTER SET ascii NOT NULL,
    user_ip_country VARCHAR(64) NULL,
    user_agent VARCHAR(512) NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY stranger_sign_ins_email (email_digest),
    KEY stranger_sign_ins_ip (user_ip),
    KEY stranger_sign_ins_created_at (created_at)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, DELETE ON stranger_sign_ins TO bourse_auth_service;
