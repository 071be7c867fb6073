-- Up to where confirmed payments were looked at again: a stop of any length misses nothing.

ALTER TABLE chains ADD COLUMN payouts_looked_at BIGINT UNSIGNED NULL;
