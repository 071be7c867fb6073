#include "auth/flags.h"

#include <stdio.h>

#include "auth/actions/seed.h"
#include "auth/openapi.h"
#include "auth/flags_factors.h"
#include "auth/flags_oauth.h"
#include "auth/flags_people.h"
#include "auth/flags_secret.h"
#include "auth/actions/signing_keys.h"
#include "auth/start.h"
#include "auth/state/config.h"
#include "auth/state/rules.h"
#include "base/auto.h"
#include "crypto/password.h"
#include "db/db.h"
#include "secret/secret.h"

DEFINE_AUTO(struct db, db_close);
DEFINE_AUTO(struct rules, rules_free);
DEFINE_AUTO(struct password_gate, password_gate_free);

/* The user that may change the schema. */
static struct db_config migrating(const struct auth_config *config)
{
    return db_config_as(config->db, config->db_migrate_user, config->db_migrate_password);
}

static int run_migrate(struct service *service, const char *argument)
{
    const struct auth_config *config = service->config;
    struct db_config user = migrating(config);
    struct err err;
    (void)argument;
    if (!db_migrate_as(&user, config->migrations_dir, service_say, &err))
        return service_flag_failed(service, "--migrate", &err);
    return 0;
}

static int run_seed(struct service *service, const char *folder)
{
    const struct auth_config *config = service->config;
    struct db_config user = migrating(config);
    AUTO_FREE(db_close) struct db *db = NULL;
    AUTO_FREE(rules_free) struct rules *rules = NULL;
    AUTO_FREE(password_gate_free) struct password_gate *passwords = NULL;
    struct err err;
    if (!rules_open(config->rules_file, &rules, &err) ||
        !password_gate_new(1, 0, &passwords, &err) || !db_open(&user, &db, &err))
        return service_flag_failed(service, "--seed", &err);
    struct auth app = {.config = config,
                       .clock = service->clock,
                       .db_config = user,
                       .rules = rules,
                       .passwords = passwords};
    if (!seed_run(&app, db, folder, service_say, &err))
        return service_flag_failed(service, "--seed", &err);
    return 0;
}

static int run_rotate_keys(struct service *service, const char *argument)
{
    const struct auth_config *config = service->config;
    struct db_config user = migrating(config);
    AUTO_FREE(db_close) struct db *db = NULL;
    struct auth app = {.config = config, .clock = service->clock};
    char kid[64];
    struct err err;
    (void)argument;
    bool done = auth_open_secrets(&app, &err) && db_open(&user, &db, &err) &&
                signing_keys_rotate(&app, db, kid, &err);
    secret_store_close(app.secrets);
    if (!done)
        return service_flag_failed(service, "--rotate-keys", &err);
    printf("%s is published now and signs in %u s\n", kid, config->jwt_key_publish_s);
    return 0;
}

const struct service_flag auth_flags[] = {
    {"--migrate", NULL, "Bring the schema up to date, then exit.", true, run_migrate},
    {"--seed", "DIR", "Add the rows of the YAML files in DIR that are not there yet, then exit.",
     true, run_seed},
    {"--print-openapi", "PART", "Print the OpenAPI document: user, admin, management or oauth.",
     false, auth_openapi_flag},
    OAUTH_FLAG_ROWS,
    SECRET_FLAG_ROWS,
    FACTOR_FLAG_ROWS,
    PEOPLE_FLAG_ROWS,
    {"--rotate-keys", NULL,
     "Make a new key of session tokens and access tokens; it takes over by itself.", true,
     run_rotate_keys},
    {NULL},
};
