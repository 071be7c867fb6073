-- What networks took, by chain: entries of the ledger name none.

CREATE TABLE chain_fees (
    blockchain_key VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    currency_id VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    booked DECIMAL(36,16) NOT NULL, -- sum of its entries network_fee
    PRIMARY KEY (blockchain_key, currency_id)
) ENGINE=InnoDB;

-- Fees of before, of currencies that are native on one chain; on several they are put to the first, and
-- the difference has to be acknowledged once.
INSERT INTO chain_fees (blockchain_key, currency_id, booked)
    SELECT n.blockchain_key, n.currency_id, f.booked
    FROM (SELECT l.currency_id, SUM(l.amount_b) AS booked FROM ledger_posted p JOIN ledger l ON l.id = p.ledger_id
          WHERE p.type = 4 AND l.reference_type = 'network_fee' GROUP BY l.currency_id) f
    JOIN blockchain_currencies n ON n.id = (
        SELECT o.id FROM blockchain_currencies o WHERE o.currency_id = f.currency_id AND o.blockchain_key IS NOT NULL
        ORDER BY COALESCE(o.options LIKE '%contract_address%', FALSE), o.blockchain_key LIMIT 1);

GRANT SELECT, INSERT, UPDATE ON chain_fees TO bourse_accounting_service;
