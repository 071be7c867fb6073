/* gate_watch.h: the thread `gate`: looks at what changed a few times a second, so that the memory of
 * authz forgets it (actions/gate_poll.h), and writes which sessions were used. */
#ifndef AUTH_BUS_GATE_WATCH_H
#define AUTH_BUS_GATE_WATCH_H

struct auth;

void gate_watch_run(struct auth *app);

#endif
