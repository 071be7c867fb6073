#include "service/process.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { ARENAS_MAX = 2, TRIM_BYTES = 256 * 1024, MMAP_BYTES = 256 * 1024 };

/*
 * Memory. glibc gives every thread that allocates an arena of its own, eight for each core, and
 * hands pages back only from the top of each. All services together must idle below 64 MB on a
 * laptop, so: two arenas (the threads' own caches of small blocks keep the lock rare), big blocks
 * (replies, batches) straight from the kernel and straight back, tops trimmed at 256 KiB. An
 * operator who sets MALLOC_ARENA_MAX knows better.
 */
static void bound_malloc(void)
{
    if (!getenv("MALLOC_ARENA_MAX"))
        mallopt(M_ARENA_MAX, ARENAS_MAX);
    mallopt(M_TRIM_THRESHOLD, TRIM_BYTES);
    mallopt(M_MMAP_THRESHOLD, MMAP_BYTES);
}

/*
 * No core files: they would hold signing keys, passwords and tokens, on a disk that nobody thinks
 * of. PR_SET_DUMPABLE would shut out core collectors too, but a debugger and perf with them.
 */
static void forbid_cores(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

/* The soft limit is often 1024, below the connections that a service accepts. */
static void raise_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

void process_prepare(void)
{
    bound_malloc();
    forbid_cores();
    raise_files();
    signal(SIGPIPE, SIG_IGN); /* a peer that hangs up is an error of a write, not our end */
}
