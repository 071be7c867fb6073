#include "accounting/bus/job_nap.h"

#include <time.h>

#include "accounting/actions/accounting.h"

enum { LOOK_MS = 200 }; /* how late the end of the service may be noticed */

void job_nap(const struct accounting *app, int ms)
{
    const struct timespec look = {.tv_nsec = LOOK_MS * 1000000L};
    for (int slept = 0; slept < ms && !atomic_load(&app->stopping); slept += LOOK_MS)
        nanosleep(&look, NULL);
}
