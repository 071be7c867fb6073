-- Confirmed transactions are looked at again for some blocks.
ALTER TABLE payout_txs DROP KEY payout_txs_work, ADD KEY payout_txs_work (chain_key, state, mined_height);
