/*
 * on_chain_event.h: the thread that takes the blockchain gateway's events into the books: from the queue
 * bourse.chain.accounting, and from GET /internal/events of the gateway when something is missing
 * (at start, after a gap, and every CHAIN_POLL_MS, so that a broker that lost messages delays and
 * loses nothing). Both bring the same signed texts; actions/chain_feed.h says how each is applied.
 */
#ifndef ACCOUNTING_BUS_ON_CHAIN_EVENT_H
#define ACCOUNTING_BUS_ON_CHAIN_EVENT_H

struct accounting;

void on_chain_event_run(struct accounting *app);

#endif
