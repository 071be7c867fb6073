-- Where following began, and the public keys that addresses are derived from: the signer's, kept so that another one shows.

ALTER TABLE chains ADD COLUMN first_height BIGINT UNSIGNED NULL AFTER hash;

CREATE TABLE address_keys (
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account TINYINT UNSIGNED NOT NULL, -- BIP-44: 0 deposit, 1 hot, 2 warm, 3 fee
    xpub VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    path VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    next_idx INT UNSIGNED NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (chain_key, account)
) ENGINE=InnoDB;
