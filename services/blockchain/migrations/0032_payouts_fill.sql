-- A nonce that nothing holds is filled by a transfer of nothing (purpose 5, enum payout_purpose).
ALTER TABLE payouts
    DROP CONSTRAINT CONSTRAINT_1,
    ADD CONSTRAINT payouts_units CHECK (units > 0 OR subtract_fee OR purpose = 5);
