#include "auth/flags_secret.h"

#include <stdio.h>

#include "auth/actions/auth.h"
#include "auth/start.h"
#include "base/auto.h"
#include "crypto/crypto.h"
#include "secret/secret.h"

/* Opens the store, works, closes. */
static int run(struct service *service, const char *argument,
               bool (*work)(struct secret_store *secrets, const char *argument, struct err *err))
{
    struct auth app = {.config = service->config, .clock = service->clock};
    struct err err;
    bool done = auth_open_secrets(&app, &err) && work(app.secrets, argument, &err);
    secret_store_close(app.secrets);
    if (!done)
        fprintf(stderr, "bourse-auth: %s\n", err.what);
    return done ? 0 : 1;
}

static bool show(struct secret_store *secrets, const char *name, struct err *err)
{
    AUTO(str_wipe) struct str text = STR_INIT(SECRET_BYTES_MAX);
    if (!secret_read(secrets, name, &text, err))
        return false;
    fwrite(str_data(&text), 1, text.length, stdout);
    return true;
}

int secret_flag_show(struct service *service, const char *name)
{
    return run(service, name, show);
}

static bool put(struct secret_store *secrets, const char *name, struct err *err)
{
    AUTO(str_wipe) struct str text = STR_INIT(SECRET_BYTES_MAX);
    char piece[4096];
    size_t got;
    while ((got = fread(piece, 1, sizeof(piece), stdin)) > 0)
        str_add_bytes(&text, piece, got);
    bytes_wipe(piece, sizeof(piece));
    if (!str_ok(&text) || text.length == 0)
        return err_set(err, ERR_INVALID, "nothing to write, or above %d bytes", SECRET_BYTES_MAX);
    return secret_write(secrets, name, text.data, err);
}

int secret_flag_put(struct service *service, const char *name)
{
    return run(service, name, put);
}

static bool rotate(struct secret_store *secrets, const char *argument, struct err *err)
{
    unsigned version;
    (void)argument;
    if (!secret_rotate(secrets, &version, err))
        return false;
    printf("version %u seals columns from now on\n", version);
    return true;
}

int secret_flag_rotate(struct service *service, const char *argument)
{
    return run(service, argument, rotate);
}
