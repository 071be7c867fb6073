#include "blockchain/actions/fault.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

void fault_point(const struct blockchain *app, const char *step)
{
    char asked[32] = "";
    const char *path = app->config->fault_file;
    if (path[0] == '\0')
        return;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    ssize_t length = read(file, asked, sizeof(asked) - 1);
    close(file);
    if (length <= 0 || strcmp(asked, step) != 0 || unlink(path) != 0)
        return;
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}
