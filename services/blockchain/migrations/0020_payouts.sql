-- What goes out. The rule that decides all: what is signed is stored and committed before any node
-- hears of it, and what was asked of the signer is stored before it is asked.

CREATE TABLE payouts (
    seq BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, -- who came first
    id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    contract VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- '': the native coin
    to_address VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    from_address VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- '': the hot account
    units DECIMAL(65,0) NOT NULL,
    fee_cap_units DECIMAL(65,0) NULL,
    purpose TINYINT NOT NULL, -- enum payout_purpose
    subtract_fee BOOLEAN NOT NULL,
    owner VARCHAR(64) NOT NULL,
    approvals TEXT NOT NULL, -- JSON, as it came; the signer judges it
    request_digest BINARY(32) NOT NULL, -- the same id with another request is refused
    state SMALLINT NOT NULL DEFAULT 0, -- enum payout_state
    reason VARCHAR(200) NOT NULL DEFAULT '',
    version INT UNSIGNED NOT NULL DEFAULT 0, -- moves with every change: compare and set
    alone BOOLEAN NOT NULL DEFAULT FALSE, -- a batch with it was refused: it goes by itself
    not_before DATETIME(6) NULL, -- a payout that waits is looked at again then
    paid_tx BIGINT UNSIGNED NULL, -- the transaction that decided
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY payouts_id (id),
    KEY payouts_work (chain_key, state, seq), -- what the executor of a chain has to do
    CHECK (units > 0 OR subtract_fee)
) ENGINE=InnoDB;

CREATE TABLE payout_txs (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    state TINYINT NOT NULL DEFAULT 0, -- enum payout_tx_state
    from_address VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    nonce BIGINT UNSIGNED NULL, -- Ethereum-like
    replaces BIGINT UNSIGNED NULL, -- it spends the same inputs or nonce, for the same payouts
    request MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- of the signer: the same for ever
    txid VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin NULL,
    raw MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NULL, -- hexadecimal
    fee_units DECIMAL(65,0) NOT NULL, -- Bitcoin-like: exact; else the most, until it is mined
    vsize INT UNSIGNED NOT NULL DEFAULT 0,
    max_fee BIGINT UNSIGNED NOT NULL DEFAULT 0, -- wei per gas
    tip BIGINT UNSIGNED NOT NULL DEFAULT 0,
    stored_height BIGINT UNSIGNED NOT NULL DEFAULT 0, -- the tip when it was stored: age for a bump
    sent_height BIGINT UNSIGNED NOT NULL DEFAULT 0, -- the tip of the last broadcast
    mined_height BIGINT UNSIGNED NULL,
    mined_ok BOOLEAN NOT NULL DEFAULT TRUE, -- receipt status
    void_height BIGINT UNSIGNED NULL, -- since when its inputs are seen as spent elsewhere
    fee_told BOOLEAN NOT NULL DEFAULT FALSE,
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY payout_txs_txid (chain_key, txid),
    KEY payout_txs_work (chain_key, state),
    KEY payout_txs_nonce (chain_key, from_address, nonce),
    KEY payout_txs_replaces (replaces)
) ENGINE=InnoDB;

CREATE TABLE payout_payments (
    tx_id BIGINT UNSIGNED NOT NULL,
    payout_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    units DECIMAL(65,0) NOT NULL, -- what arrives: less than asked for when the fee is subtracted
    PRIMARY KEY (tx_id, payout_id),
    KEY payout_payments_payout (payout_id)
) ENGINE=InnoDB COMMENT='Which transactions pay which payouts';

-- The unspent outputs themselves are transfers without a spend (0003).
CREATE TABLE coin_locks (
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    txid CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    vout INT UNSIGNED NOT NULL,
    tx_id BIGINT UNSIGNED NOT NULL, -- the transaction of ours that it is reserved for
    PRIMARY KEY (chain_key, txid, vout), -- so two payouts never pick one coin
    KEY coin_locks_tx (tx_id)
) ENGINE=InnoDB COMMENT='Coins that a transaction of ours spends; they stay when it is mined';

CREATE TABLE account_nonces (
    chain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    address VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    next_nonce BIGINT UNSIGNED NOT NULL, -- given to the next transaction
    stopped VARCHAR(200) NOT NULL DEFAULT '', -- why nothing is sent from it any more; '': all is well
    PRIMARY KEY (chain_key, address)
) ENGINE=InnoDB COMMENT='One allocator of nonces for each address that sends';
