-- Events that accounting has are not kept for ever.
ALTER TABLE event_head
    ADD COLUMN confirmed BIGINT UNSIGNED NOT NULL DEFAULT 0, -- accounting has asked for what comes behind this one
    ADD COLUMN pruned BIGINT UNSIGNED NOT NULL DEFAULT 0; -- all up to this one are gone
