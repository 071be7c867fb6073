-- Which rows of the ledger trading did not make, by the type of account of their legs. There are few
-- of them among many, and the lists of assets, revenues, expenses, adjustments and transfers find
-- them here instead of walking the ledger. Written by journal_post() (store/journal.c); rows of
-- orders are not in it. The checker compares it with the ledger.
CREATE TABLE ledger_posted (
    type TINYINT NOT NULL, -- enum account_type: 1 asset, 2 liability, 3 revenue, 4 expense
    ledger_id BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (type, ledger_id)
) ENGINE=InnoDB;

INSERT INTO ledger_posted (type, ledger_id)
    SELECT code_a DIV 100, id FROM ledger WHERE reference_type <> 'order'
    UNION SELECT code_b DIV 100, id FROM ledger WHERE reference_type <> 'order' AND code_b IS NOT NULL;

GRANT SELECT, INSERT ON ledger_posted TO bourse_accounting_service;
