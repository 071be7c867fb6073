/*
 * market_clock.h: what the websocket gateway gets by the clock: the tickers of all active markets
 * every TICKERS_EVERY_US, the latest candle of every market and period every KLINES_EVERY_US.
 */
#ifndef ACCOUNTING_BUS_MARKET_CLOCK_H
#define ACCOUNTING_BUS_MARKET_CLOCK_H

struct accounting;

enum { TICKERS_EVERY_US = 5000000, KLINES_EVERY_US = 2000000 };

/* Runs until app->stopping, on its own thread, with its own connection. */
void market_clock_run(struct accounting *app);

#endif
