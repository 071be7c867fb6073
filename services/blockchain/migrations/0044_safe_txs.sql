-- Payments out of Safe contract wallets. The contract takes each of its numbers once, so a number is one payout's for
-- ever, from before the first owner is asked to sign: two signed transactions of one payout can never both go through.

CREATE TABLE safe_txs (
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    safe VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    nonce BIGINT UNSIGNED NOT NULL, -- of the contract
    payout_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    from_height BIGINT UNSIGNED NOT NULL, -- the tip when it was reserved: nothing happened before
    digest VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin NULL, -- safeTxHash, when an owner signed
    signatures TEXT CHARACTER SET ascii COLLATE ascii_bin NULL, -- of enough owners, packed, hexadecimal
    call_data MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NULL, -- execTransaction() with them
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (chain_key, safe, nonce),
    UNIQUE KEY safe_txs_payout (payout_id)
) ENGINE=InnoDB;
