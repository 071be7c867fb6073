-- Who owns money, and how much: the cache of the ledger that orders are checked against.

CREATE TABLE members (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    -- Not ascii: a uid of a request is compared with it, whatever characters that has.
    uid VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
    email VARCHAR(255) NOT NULL,
    username VARCHAR(255) NULL,
    level INT NOT NULL,
    role VARCHAR(16) NOT NULL,
    `group` VARCHAR(32) NOT NULL DEFAULT 'vip-0',
    state VARCHAR(16) NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY members_uid (uid),
    UNIQUE KEY members_email (email),
    UNIQUE KEY members_username (username),
    CHECK (level >= 0)
) ENGINE=InnoDB;

CREATE TABLE accounts (
    member_id BIGINT UNSIGNED NOT NULL,
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    balance DECIMAL(36,16) NOT NULL DEFAULT 0,
    locked DECIMAL(36,16) NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (member_id, currency_id),
    FOREIGN KEY (member_id) REFERENCES members (id),
    FOREIGN KEY (currency_id) REFERENCES currencies (id),
    -- The net under every check in the code: no account can go below nothing.
    CONSTRAINT balance_not_negative CHECK (balance >= 0),
    CONSTRAINT locked_not_negative CHECK (locked >= 0)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON members TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON accounts TO bourse_accounting_service;
