/* shell.h: an action without a request: what an operator runs from a shell works with. */
#ifndef AUTH_SHELL_H
#define AUTH_SHELL_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/actions/auth.h"
#include "auth/actions/call.h"
#include "base/err.h"
#include "service/service.h"

/* Further parts of `app` are opened, and closed before shell_close(), by who needs them. */
struct shell {
    struct auth app;
    struct call call;
};

/* A connection to the database and an arena. To be closed whatever it said. */
bool shell_open(struct service *service, size_t arena_bytes_max, struct shell *shell,
                struct err *err) MUST_CHECK;
void shell_close(struct shell *shell);

#endif
