-- The URLs of nodes hold passwords and the tokens of custodians: they are sealed, which makes them longer.

ALTER TABLE blockchains MODIFY server VARCHAR(4096) NULL;
