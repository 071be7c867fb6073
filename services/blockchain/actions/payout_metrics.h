/*
 * payout_metrics.h: how much went out and what is left to pay with, for whoever watches. Numbers of metrics
 * are integers: millionths of a currency, cut; labels are "CHAIN/CURRENCY".
 */
#ifndef BLOCKCHAIN_ACTIONS_PAYOUT_METRICS_H
#define BLOCKCHAIN_ACTIONS_PAYOUT_METRICS_H

#include "blockchain/actions/payout_worker.h"

void payout_metric_spent(struct payout_worker *worker, const struct payout *payout);
void payout_metric_fee(struct payout_worker *worker, const char *fee_units);

/* Asks what the hot account of the chain in hand holds. What can't be said stays as it was. */
void payout_metric_hot(struct payout_worker *worker);

#endif
