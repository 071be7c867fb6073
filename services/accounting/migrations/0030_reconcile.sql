-- The coins on the chains against the books: every check with its lines, and how each currency stands.

CREATE TABLE reconcile_runs (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    blockchain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    height BIGINT NOT NULL,
    hash VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    seq BIGINT UNSIGNED NOT NULL, -- the gateway's event up to which both sides were read
    parked BIGINT UNSIGNED NOT NULL, -- parts of blocks that the gateway does not understand yet
    started_at DATETIME(6) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    KEY runs_chain (blockchain_key, id)
) ENGINE=InnoDB COMMENT='Checks that came to a verdict; the last RECONCILE_RUNS_KEPT of each chain';

CREATE TABLE reconcile_lines (
    run_id BIGINT UNSIGNED NOT NULL,
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    position TINYINT UNSIGNED NOT NULL,
    name VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- counted, recorded, in_books, ..., difference
    amount VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- decimal text: up to 18 digits behind the point
    PRIMARY KEY (run_id, currency_id, position),
    FOREIGN KEY (run_id) REFERENCES reconcile_runs (id) ON DELETE CASCADE
) ENGINE=InnoDB;

CREATE TABLE reconcile_states (
    blockchain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    state VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'balanced', -- balanced, differs, stopped
    height BIGINT NOT NULL DEFAULT 0,    -- of the last check with a verdict; 0: none yet
    run_id BIGINT UNSIGNED NULL,         -- that check
    difference VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '0.0',
    acknowledged VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '0.0', -- of it, taken on by operators
    tolerance VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '0.0',
    no_verdict VARCHAR(160) NULL,        -- why the last check came to none; NULL: it did
    checked_at DATETIME(6) NULL,         -- last verdict
    changed_at DATETIME(6) NULL,         -- since when it is in this state
    PRIMARY KEY (blockchain_key, currency_id),
    KEY states_stopped (currency_id, state)
) ENGINE=InnoDB;

CREATE TABLE reconcile_acknowledgements (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    blockchain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    action VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- acknowledge, tolerance
    amount VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    member_id BIGINT UNSIGNED NOT NULL, -- the operator
    comment VARCHAR(255) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    KEY acknowledgements_currency (blockchain_key, currency_id, id)
) ENGINE=InnoDB COMMENT='Who took on what, and why. Rows are only inserted';

GRANT SELECT, INSERT, DELETE ON reconcile_runs TO bourse_accounting_service;
GRANT SELECT, INSERT, DELETE ON reconcile_lines TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE ON reconcile_states TO bourse_accounting_service;
GRANT SELECT, INSERT ON reconcile_acknowledgements TO bourse_accounting_service;
