/* keeper.h: a thread that knows whether the database is there (readiness), and sweeps what is over:
 * ended sessions, used tokens, empty buckets, old changes. Bounded rows a turn. */
#ifndef AUTH_BUS_KEEPER_H
#define AUTH_BUS_KEEPER_H

struct auth;

void keeper_run(struct auth *app);

#endif
