#include "accounting/flags.h"

#include <stdio.h>
#include <unistd.h>

#include "accounting/actions/seed.h"
#include "accounting/openapi.h"
#include "api/document.h"
#include "accounting/state/config.h"
#include "base/auto.h"
#include "db/db.h"

DEFINE_AUTO(struct db, db_close);

/* The user that may change the schema. */
static struct db_config migrating(const struct accounting_config *config)
{
    return db_config_as(config->db, config->db_migrate_user, config->db_migrate_password);
}

static int run_migrate(struct service *service, const char *argument)
{
    const struct accounting_config *config = service->config;
    struct db_config user = migrating(config);
    struct err err;
    (void)argument;
    if (!db_migrate_as(&user, config->migrations_dir, service_say, &err))
        return service_flag_failed(service, "--migrate", &err);
    return 0;
}

static int run_seed(struct service *service, const char *folder)
{
    struct db_config user = migrating(service->config);
    AUTO_FREE(db_close) struct db *db = NULL;
    struct err err;
    if (!db_open(&user, &db, &err) || !seed_run(db, folder, service->clock, service_say, &err))
        return service_flag_failed(service, "--seed", &err);
    return 0;
}

static int run_print_openapi(struct service *service, const char *part)
{
    AUTO(str_release) struct str text = STR_INIT(API_DOCUMENT_BYTES_MAX);
    (void)service;
    if (!openapi_print(part, &text) || !str_ok(&text)) {
        fprintf(stderr, "bourse-accounting: --print-openapi user|admin|management\n");
        return 64;
    }
    printf("%s\n", str_data(&text));
    return 0;
}

const struct service_flag accounting_flags[] = {
    {"--migrate", NULL, "Bring the schema up to date, then exit.", true, run_migrate},
    {"--seed", "DIR", "Add the rows of the YAML files in DIR that are not there yet, then exit.",
     true, run_seed},
    {"--print-openapi", "PART", "Print the OpenAPI document: user, admin or management.", false,
     run_print_openapi},
    {NULL},
};
