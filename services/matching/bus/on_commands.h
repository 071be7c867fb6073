/*
 * on_commands.h: the worker's thread: commands from the queue of its shard, results into the queue of
 * accounting. A delivery is acknowledged when the broker has confirmed its results.
 */
#ifndef MATCHING_BUS_ON_COMMANDS_H
#define MATCHING_BUS_ON_COMMANDS_H

struct worker;

/* Runs until worker->stopping, with its own connections. Loads the markets first. */
void on_commands_run(struct worker *worker);

#endif
