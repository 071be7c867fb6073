-- Payouts that no rule can end are settled by operators, with what they know of the chain. Rows are never deleted:
-- who said what, and who confirmed it.

CREATE TABLE payout_settlements (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    payout_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    outcome VARCHAR(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- paid, unpaid
    evidence VARCHAR(90) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- a transaction, what was used up, or ''
    note VARCHAR(500) NOT NULL,
    state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- open, done, replaced
    found VARCHAR(300) NOT NULL, -- what the chain, or the custodian, said to it
    proposed_by VARCHAR(64) NOT NULL,
    proposed_at DATETIME(6) NOT NULL,
    confirmed_by VARCHAR(64) NULL, -- NULL: the chain proves it, or nobody yet
    done_at DATETIME(6) NULL,
    KEY payout_settlements_payout (payout_id, state)
) ENGINE=InnoDB;

ALTER TABLE payouts ADD KEY payouts_reason (state, reason(20)); -- those that wait for operators
