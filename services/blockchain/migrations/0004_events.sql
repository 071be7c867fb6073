-- The outbox: numbered without holes, over all chains. The row of event_head is locked from the moment
-- a transaction takes a number until its commit, so a number that is visible has all before it visible.

CREATE TABLE event_head (
    id TINYINT NOT NULL PRIMARY KEY, -- 1
    seq BIGINT UNSIGNED NOT NULL,
    published BIGINT UNSIGNED NOT NULL -- all up to this one are confirmed by the broker
) ENGINE=InnoDB;
INSERT INTO event_head (id, seq, published) VALUES (1, 0, 0);

CREATE TABLE events (
    seq BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    jti BINARY(16) NOT NULL,
    name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- the routing key
    body MEDIUMTEXT NOT NULL,
    created_at DATETIME(6) NOT NULL
) ENGINE=InnoDB;
