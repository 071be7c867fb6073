#include "blockchain/actions/blockchain.h"

#include <time.h>

#include "base/queue.h"

enum { NAP_MS = 20 };

void blockchain_outbox_wake(struct blockchain *app)
{
    /* What is pushed does not matter, that something is does. */
    bool pushed = app->outbox_signal && queue_push(app->outbox_signal, app);
    (void)pushed; /* a flag has no relay: that of the service finds it */
}

bool blockchain_sleep(const struct blockchain *app, int64_t milliseconds)
{
    const struct timespec nap = {.tv_nsec = NAP_MS * 1000000L};
    for (int64_t slept = 0; slept < milliseconds && !app->stopping; slept += NAP_MS)
        nanosleep(&nap, NULL);
    return !app->stopping;
}
