/*
 * mail_worker.h: the mailer: takes events from its queue (mail_topology.h) one by one and has each
 * delivered (actions/mail_deliver.h). AUTH_ROLE=mail; any number of such processes share the queue.
 *
 *   sent, dropped   acknowledged
 *   later           published into a retry queue, then acknowledged: it comes again
 *   dead            published into the dead-letter queue, logged, then acknowledged
 *
 * A message is acknowledged when its end is durable, so a crash repeats it. What a mail says, to whom
 * it goes and what the event holds (tokens, codes) is never logged.
 */
#ifndef AUTH_BUS_MAIL_WORKER_H
#define AUTH_BUS_MAIL_WORKER_H

#include <stdbool.h>

#include "base/err.h"

struct auth;
struct auth_config;
struct mail_sender;

/* The way out that the configuration names. ERR_CONFIG. */
bool mail_sender_open(const struct auth_config *config, struct mail_sender **ret_sender,
                      struct err *err) MUST_CHECK;

/* Runs until app->stopping, on its own thread, with its own connections. */
void mail_worker_run(struct auth *app);

#endif
