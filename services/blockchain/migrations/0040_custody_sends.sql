-- What a custody provider is asked to pay. One row a payout for ever, whose id is also the provider's sequence
-- id: that it was asked is committed before it hears of it, so an answer that got lost is looked up by that id.

CREATE TABLE custody_sends (
    payout_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    tx_id BIGINT UNSIGNED NOT NULL, -- the row of payout_txs that holds the question
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    asked INT UNSIGNED NOT NULL DEFAULT 0, -- how often the question may have gone out
    refused INT UNSIGNED NOT NULL DEFAULT 0, -- how often the provider said that it did nothing
    asked_at DATETIME(6) NULL, -- the last time
    transfer_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    approval_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    said VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', -- the state, in the provider's word
    failed_since DATETIME(6) NULL, -- since when it says that the transfer failed
    looks INT UNSIGNED NOT NULL DEFAULT 0, -- without news, in a row
    next_look_at DATETIME(6) NULL, -- NULL: now
    UNIQUE KEY custody_sends_tx (tx_id),
    KEY custody_sends_transfer (chain_key, transfer_id)
) ENGINE=InnoDB;
