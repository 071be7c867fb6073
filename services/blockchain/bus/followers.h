/* followers.h: a thread that gives each chain of the catalogue a thread of its own which follows it, so
 * that no chain waits for another one's nodes. */
#ifndef BLOCKCHAIN_BUS_FOLLOWERS_H
#define BLOCKCHAIN_BUS_FOLLOWERS_H

struct blockchain;

void followers_run(struct blockchain *app);

#endif
