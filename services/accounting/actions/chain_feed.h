/*
 * chain_feed.h: the events of the blockchain gateway, one after the other, each with its effect in one
 * transaction that moves the feed from seq - 1 to seq by compare-and-set. So an event is applied
 * once, however often it comes, from whichever of several processes.
 *
 * What can't be applied for a reason that time does not heal is parked (table chain_parked), and the
 * feed goes on: one bad transaction stops nobody else's (W-17).
 */
#ifndef ACCOUNTING_ACTIONS_CHAIN_FEED_H
#define ACCOUNTING_ACTIONS_CHAIN_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/actions/accounting.h"
#include "base/err.h"

struct chain_feed; /* belongs to one thread */

struct chain_feed *chain_feed_new(struct accounting *app); /* NULL: no memory */
void chain_feed_free(struct chain_feed *feed);             /* NULL is fine */

enum chain_fed {
    CHAIN_APPLIED,
    CHAIN_PARKED,
    CHAIN_DUPLICATE, /* it is in the books already */
    CHAIN_GAP,       /* something before it is missing */
    CHAIN_POISON     /* it is no event; the story says why */
};

/* The last event in the books. */
bool chain_feed_position(struct chain_feed *feed, struct db *db, uint64_t *ret_seq, struct err *err)
    MUST_CHECK;
/* A verified claim set. False: time may heal it, so it has to come again. */
bool chain_feed_apply(struct chain_feed *feed, struct db *db, const char *claims, size_t length,
                      enum chain_fed *ret_fed, struct err *err) MUST_CHECK;
/* Tries once more what is parked: a currency may have been added since. */
bool chain_feed_retry_parked(struct chain_feed *feed, struct db *db, struct err *err) MUST_CHECK;

#endif
