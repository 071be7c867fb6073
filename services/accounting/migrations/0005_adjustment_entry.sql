-- Which ledger entry an accepted adjustment made: the API shows its operations, and `ledger` has no
-- index by reference, which every order would pay for.

ALTER TABLE adjustments ADD COLUMN journal_id BIGINT UNSIGNED NULL AFTER state;
