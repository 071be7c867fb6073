-- The keys that tokens are signed with, besides the configured one. A key is published from its first
-- moment, signs from signs_at until a newer one does, and verifies until ends_at.

CREATE TABLE signing_keys (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kid VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    algorithm VARCHAR(8) CHARACTER SET ascii NOT NULL,
    public_pem TEXT CHARACTER SET ascii NOT NULL,
    private_sealed TEXT CHARACTER SET ascii NOT NULL,
    created_at DATETIME(6) NOT NULL,
    signs_at DATETIME(6) NOT NULL,
    ends_at DATETIME(6) NULL, -- NULL: no newer key is there
    UNIQUE KEY signing_keys_kid (kid)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON signing_keys TO bourse_auth_service;
