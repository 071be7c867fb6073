/*
 * command_relay.h: committed commands on their way to the workers: published in order of their
 * market, with confirms. What the broker did not confirm, what did not fit the queue of parcels and
 * what was committed before a restart is read from the journal and published (again): repeats are
 * harmless, the worker drops them.
 */
#ifndef ACCOUNTING_BUS_COMMAND_RELAY_H
#define ACCOUNTING_BUS_COMMAND_RELAY_H

struct accounting;

/* Runs until app->stopping, on its own thread, with its own connections. */
void command_relay_run(struct accounting *app);

#endif
