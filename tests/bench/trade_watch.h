/*
 * trade_watch.h: hears of the trades of a market on peatio.events.ranger, as the websocket gateway
 * does, and notes when each arrived. A thread with a connection and an exclusive queue of its own;
 * env AMQP_HOST, AMQP_PORT, AMQP_USER, AMQP_PASSWORD.
 */
#ifndef TESTS_BENCH_TRADE_WATCH_H
#define TESTS_BENCH_TRADE_WATCH_H

#include <stddef.h>
#include <stdint.h>

enum { WATCH_TRADES_MAX = 1 << 20 };

struct trade_watch;

struct seen_trade {
    uint64_t id;
    int64_t at_ns; /* CLOCK_MONOTONIC */
};

/* NULL with a line on stderr when the broker can't be reached. */
struct trade_watch *trade_watch_start(const char *market);
/* Waits until nothing has come for `quiet_ms`, at most `wait_ms`. The trades are the watch's. */
size_t trade_watch_stop(struct trade_watch *watch, int quiet_ms, int wait_ms,
                        const struct seen_trade **ret_trades);
void trade_watch_free(struct trade_watch *watch); /* NULL is fine */

#endif
