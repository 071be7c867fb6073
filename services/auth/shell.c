#include "auth/shell.h"

#include "auth/state/config.h"

bool shell_open(struct service *service, size_t arena_bytes_max, struct shell *shell,
                struct err *err)
{
    const struct auth_config *config = service->config;
    *shell =
        (struct shell){.app = {.config = config, .clock = service->clock, .db_config = config->db}};
    shell->call = (struct call){.app = &shell->app,
                                .arena = arena_new(arena_bytes_max),
                                .now_us = clock_now_us(service->clock),
                                .visitor = {.user_agent = ""}};
    if (!shell->call.arena)
        return err_set(err, ERR_INTERNAL, "no memory");
    return db_open(&shell->app.db_config, &shell->call.db, err);
}

void shell_close(struct shell *shell)
{
    db_close(shell->call.db);
    arena_free(shell->call.arena);
}
