-- How a payment that was credited and taken back is settled: the frozen part and what is collected of the member beside it
-- are taken from him, the rest is written off. One operator asks for it, another one approves.

ALTER TABLE fiat_payments
    ADD COLUMN collect DECIMAL(36,16) NULL, -- from what the member has, beside what is frozen
    ADD COLUMN claimer_id BIGINT UNSIGNED NULL, -- the operator who said so, and may not settle it
    ADD COLUMN settler_id BIGINT UNSIGNED NULL,
    ADD CHECK (collect IS NULL OR collect >= 0);

-- What stands in suspense of a deposit. What was taken back of a payment by bank used to leave its fee in the asset.
ALTER TABLE deposits ADD COLUMN suspended DECIMAL(36,16) NOT NULL DEFAULT 0;
UPDATE deposits SET suspended = amount WHERE reverted;
