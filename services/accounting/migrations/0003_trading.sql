-- Orders, the command journal of the matching workers, trades, and how far each market is settled.
-- Rows times indexes is what trading costs: each index here serves a query that is named beside it.

CREATE TABLE orders (
    id BIGINT UNSIGNED NOT NULL PRIMARY KEY, -- from sequences.orders
    uuid BINARY(16) NOT NULL,
    member_id BIGINT UNSIGNED NOT NULL,
    market_id VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    side TINYINT NOT NULL,          -- enum side: 0 buy, 1 sell
    ord_type TINYINT NOT NULL,      -- enum order_type: 0 limit, 1 market, 2 stop_limit, 3 stop_market
    time_in_force TINYINT NOT NULL, -- enum time_in_force: 0 gtc, 1 ioc, 2 fok, 3 post_only
    stp TINYINT NOT NULL,           -- enum stp_mode
    state SMALLINT NOT NULL,        -- pending 0, wait 100, done 200, cancel -100, reject -200
    close_reason TINYINT NOT NULL DEFAULT 0, -- enum close_reason
    waiting BOOLEAN NOT NULL DEFAULT FALSE,  -- a stop order that was not set off yet
    price DECIMAL(36,16) NULL,
    stop_price DECIMAL(36,16) NULL,
    protection DECIMAL(36,16) NULL, -- market orders: the worst price they may trade at
    volume DECIMAL(36,16) NOT NULL, -- left to fill
    origin_volume DECIMAL(36,16) NOT NULL,
    locked DECIMAL(36,16) NOT NULL, -- of origin_locked, not spent; stays when the order closes
    origin_locked DECIMAL(36,16) NOT NULL,
    funds_received DECIMAL(36,16) NOT NULL DEFAULT 0,
    maker_fee DECIMAL(7,6) NOT NULL, -- frozen when the order was accepted
    taker_fee DECIMAL(7,6) NOT NULL,
    trades_count INT UNSIGNED NOT NULL DEFAULT 0,
    command_seq BIGINT UNSIGNED NOT NULL, -- of its submit command
    queue_rank BIGINT UNSIGNED NOT NULL,  -- its place in the book (libs/contract/protocol.h)
    amend_seq BIGINT UNSIGNED NOT NULL DEFAULT 0, -- of the last amend command that was sent
    client_order_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY orders_uuid (uuid),                       -- GET /orders/:uuid
    KEY orders_member (member_id, state, updated_at),    -- a member's lists
    KEY orders_market (market_id, state),                -- the open orders of a market
    CHECK (volume >= 0 AND locked >= 0)
) ENGINE=InnoDB;

CREATE TABLE client_orders (
    member_id BIGINT UNSIGNED NOT NULL,
    client_order_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    order_id BIGINT UNSIGNED NOT NULL,
    request_digest BINARY(32) NOT NULL, -- of what was asked: the same id with another order is refused
    PRIMARY KEY (member_id, client_order_id)
) ENGINE=InnoDB COMMENT='Exactly-once creation by client order id';

CREATE TABLE market_commands (
    market_id VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    command_seq BIGINT UNSIGNED NOT NULL DEFAULT 0 -- the last command of the market
) ENGINE=InnoDB;

CREATE TABLE command_batches (
    market_id VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    last_seq BIGINT UNSIGNED NOT NULL,
    first_seq BIGINT UNSIGNED NOT NULL,
    batch MEDIUMBLOB NOT NULL, -- a command batch of libs/contract/protocol.h, as it is sent
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (market_id, last_seq)
) ENGINE=InnoDB COMMENT='The journal of the matching workers';

CREATE TABLE market_settlements (
    market_id VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    settled_seq BIGINT UNSIGNED NOT NULL DEFAULT 0, -- the last command whose result is in the books
    last_price DECIMAL(36,16) NOT NULL DEFAULT 0,   -- of the last trade; 0: none yet
    halted BOOLEAN NOT NULL DEFAULT FALSE,
    state_hash BIGINT UNSIGNED NOT NULL DEFAULT 0,  -- of the worker, after settled_seq
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) ENGINE=InnoDB;

CREATE TABLE trades (
    id BIGINT UNSIGNED NOT NULL PRIMARY KEY, -- from sequences.journal
    market_id VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    command_seq BIGINT UNSIGNED NOT NULL, -- the command that made it
    price DECIMAL(36,16) NOT NULL,
    amount DECIMAL(36,16) NOT NULL,
    total DECIMAL(36,16) NOT NULL,        -- price × amount, exact
    base_unit VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    quote_unit VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    taker_side TINYINT NOT NULL,          -- enum side
    maker_order_id BIGINT UNSIGNED NOT NULL,
    taker_order_id BIGINT UNSIGNED NOT NULL,
    maker_id BIGINT UNSIGNED NOT NULL,
    taker_id BIGINT UNSIGNED NOT NULL,
    maker_fee DECIMAL(7,6) NOT NULL,      -- rates
    taker_fee DECIMAL(7,6) NOT NULL,
    buyer_fee_amount DECIMAL(36,16) NOT NULL,  -- base
    seller_fee_amount DECIMAL(36,16) NOT NULL, -- quote
    maker_release DECIMAL(36,16) NOT NULL DEFAULT 0, -- unlocked because this trade filled the order:
    taker_release DECIMAL(36,16) NOT NULL DEFAULT 0, -- quote for a buy, base for a sell
    created_at DATETIME(6) NOT NULL,
    KEY trades_market (market_id, id), -- public lists
    KEY trades_maker (maker_id, id),   -- a member's lists and liabilities
    KEY trades_taker (taker_id, id)
) ENGINE=InnoDB COMMENT='Append-only. A row is also the ledger entry of its trade (domain/ledger.h)';

CREATE TABLE candles (
    market_id VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    period SMALLINT UNSIGNED NOT NULL, -- minutes
    at INT UNSIGNED NOT NULL,          -- Unix time of its begin, a multiple of the period
    open DECIMAL(36,16) NOT NULL,
    high DECIMAL(36,16) NOT NULL,
    low DECIMAL(36,16) NOT NULL,
    close DECIMAL(36,16) NOT NULL,
    amount DECIMAL(36,16) NOT NULL, -- base
    total DECIMAL(36,16) NOT NULL,  -- quote
    PRIMARY KEY (market_id, period, at)
) ENGINE=InnoDB COMMENT='Periods with trades only; gaps are filled when read';

CREATE TABLE outbox (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    events LONGBLOB NOT NULL, -- what a transaction has to tell (domain/event.h), published then deleted
    created_at DATETIME(6) NOT NULL
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON client_orders TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON market_commands TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON command_batches TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON market_settlements TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON candles TO bourse_accounting_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO bourse_accounting_service;
