/* payout_relay.h: the thread that asks the gateway for the payments of withdrawals, again and again
 * until it has each: a request names its payment, so asking twice pays once. */
#ifndef ACCOUNTING_BUS_PAYOUT_RELAY_H
#define ACCOUNTING_BUS_PAYOUT_RELAY_H

struct accounting;

void payout_relay_run(struct accounting *app);

#endif
