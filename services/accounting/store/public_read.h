/*
 * public_read.h: what the public sees of orders and trades, read from their tables: levels and
 * trades for the memory of marketdata/, orders of the book and old trades for handlers.
 */
#ifndef ACCOUNTING_STORE_PUBLIC_READ_H
#define ACCOUNTING_STORE_PUBLIC_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/order.h"
#include "base/err.h"
#include "db/db.h"

/*
 * The price levels of a market as they are settled: orders whose submit command has its result.
 * (An accepted order waits from its 201 on, but it is not in the book before it is matched.)
 * Best first on each side.
 */
typedef void take_level(void *arg, enum side side, struct dec price, struct dec volume);
bool book_levels_read(struct db *db, const char *market_id, take_level *take, void *arg,
                      struct err *err) MUST_CHECK;

struct trade_row {
    uint64_t id;
    struct dec price, amount, total;
    enum side taker_side;
    int64_t created_at;
};

/* The newest trades of a market, oldest of them first. */
typedef void take_trade(void *arg, const struct trade_row *trade);
bool recent_trades_read(struct db *db, const char *market_id, size_t limit, take_trade *take,
                        void *arg, struct err *err) MUST_CHECK;

struct trade_filter {
    const char *market_id;
    bool has_side;
    enum side taker_side;
    int64_t from_us, to_us; /* created_at, both inclusive; 0: open */
    size_t limit;
};
/* Trades that fit, newest first. */
bool trades_filtered_read(struct db *db, const struct trade_filter *filter, take_trade *take,
                          void *arg, struct err *err) MUST_CHECK;

/*
 * Resting orders of one side in the order in which they will be matched: at most `limit` of them,
 * none with a price worse than `worst` (which spares the database the rest of the book).
 */
bool book_orders_read(struct db *db, const char *market_id, enum side side, struct dec worst,
                      size_t limit, struct order *ret_orders, size_t *ret_count, struct err *err)
    MUST_CHECK;

#endif
