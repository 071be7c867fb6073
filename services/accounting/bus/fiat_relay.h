/*
 * fiat_relay.h: the thread that asks the payment gateway for payments, if PAYMENT_GATEWAY_URL says where, and watches for
 * those of which it says nothing.
 */
#ifndef ACCOUNTING_BUS_FIAT_RELAY_H
#define ACCOUNTING_BUS_FIAT_RELAY_H

struct accounting;

void fiat_relay_run(struct accounting *app);

#endif
