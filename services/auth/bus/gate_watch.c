#include "auth/bus/gate_watch.h"

#include <stdlib.h>
#include <string.h>

#include "auth/actions/auth.h"
#include "auth/actions/gate_poll.h"
#include "auth/actions/signing_keys.h"
#include "auth/state/signing.h"
#include "log/log.h"
#include "service/service.h"
#include "service/threads.h"

enum { LOOK_EVERY_MS = 250 };

/* Our own key may have been replaced in its files. */
static bool look_at_files(struct auth *app, struct err *err)
{
    char *private_pem = NULL, *public_pem = NULL;
    bool good = config_file_again("JWT_PRIVATE_KEY_FILE", &private_pem, err) &&
                config_file_again("JWT_PUBLIC_KEY_FILE", &public_pem, err) &&
                signing_keys_take_own(app, private_pem, public_pem, err);
    if (private_pem)
        explicit_bzero(private_pem, strlen(private_pem));
    free(private_pem);
    free(public_pem);
    return good;
}

static bool look_at_tables(struct auth *app, struct db **db, struct err *err)
{
    return (*db ? db_ready(*db, err) : db_open(&app->db_config, db, err)) &&
           gate_poll(app, *db, err) && gate_write_uses(app, *db, err) &&
           signing_keys_refresh(app, *db, err);
}

/* What is wrong with the files holds up nothing of the tables. */
static bool look(struct auth *app, struct db **db, struct err *err)
{
    struct err of_files;
    bool files = look_at_files(app, &of_files);
    if (!look_at_tables(app, db, err))
        return false;
    if (!files)
        *err = of_files;
    return files;
}

/* A key that was replaced in its files is worth a line: somebody wanted the former one gone. */
static bool look_and_tell(struct auth *app, struct db **db, struct err *err)
{
    char former[TOKEN_THUMBPRINT_SIZE];
    memcpy(former, signing_own(app->signing)->kid, sizeof(former));
    bool good = look(app, db, err);
    const char *kid = signing_own(app->signing)->kid;
    if (strcmp(kid, former) != 0)
        log_info("the configured key was replaced; the one before is not believed any more",
                 LOG_STR("kid", kid), LOG_STR("former", former));
    return good;
}

void gate_watch_run(struct auth *app)
{
    struct db *db = NULL;
    bool failed = false;
    do {
        struct err err;
        bool good = look_and_tell(app, &db, &err);
        if (!good && !failed)
            log_warning("authz can't see what changes", LOG_ERR(&err));
        if (good && failed)
            log_info("authz sees what changes");
        failed = !good;
    } while (service_threads_sleep(app->threads, LOOK_EVERY_MS));
    db_close(db);
}
