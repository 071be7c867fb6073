-- What most rows of the pipeline have, so that its statements need not name it in each row
-- (store/sql.h). The times are those of the statement, which gets the time of its rows.

ALTER TABLE orders
    ALTER COLUMN ord_type SET DEFAULT 0,
    ALTER COLUMN time_in_force SET DEFAULT 0,
    ALTER COLUMN stp SET DEFAULT 0,
    ALTER COLUMN state SET DEFAULT 100,
    ALTER COLUMN created_at SET DEFAULT CURRENT_TIMESTAMP(6),
    ALTER COLUMN updated_at SET DEFAULT CURRENT_TIMESTAMP(6),
    ALGORITHM = INSTANT;

ALTER TABLE trades ALTER COLUMN created_at SET DEFAULT CURRENT_TIMESTAMP(6), ALGORITHM = INSTANT;

ALTER TABLE ledger ALTER COLUMN created_at SET DEFAULT CURRENT_TIMESTAMP(6), ALGORITHM = INSTANT;
