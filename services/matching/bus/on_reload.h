/* on_reload.h: accounting asks for a repeat: {"reload":"btcusd"}. */
#ifndef MATCHING_BUS_ON_RELOAD_H
#define MATCHING_BUS_ON_RELOAD_H

#include "matching/bus/consumer.h"

/* The market is loaded anew in the next round, and all that is not settled is published again. */
bool on_reload(struct worker *worker, const struct bus_delivery *delivery, bool *ret_is_taken,
               struct err *err) MUST_CHECK;

#endif
