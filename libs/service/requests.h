/* requests.h: the two metrics that every HTTP service has: how many replies, how long they took. */
#ifndef SERVICE_REQUESTS_H
#define SERVICE_REQUESTS_H

#include <stdint.h>

#include "metrics/metrics.h"

/* For the hook `observe` of struct http_server_spec. `replies` is a row by class of status ("2xx"),
 * `seconds` a histogram. */
void service_observe_reply(struct metrics *metrics, unsigned replies, unsigned seconds, int status,
                           int64_t us);

#endif
