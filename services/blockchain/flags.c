#include "blockchain/flags.h"

#include <stdio.h>

#include "api/document.h"
#include "base/auto.h"
#include "blockchain/openapi.h"
#include "blockchain/state/config.h"
#include "db/db.h"

static int run_migrate(struct service *service, const char *argument)
{
    const struct blockchain_config *config = service->config;
    struct db_config user =
        db_config_as(config->db, config->db_migrate_user, config->db_migrate_password);
    struct err err;
    (void)argument;
    if (!db_migrate_as(&user, config->migrations_dir, service_say, &err))
        return service_flag_failed(service, "--migrate", &err);
    return 0;
}

static int run_print_openapi(struct service *service, const char *part)
{
    AUTO(str_release) struct str text = STR_INIT(API_DOCUMENT_BYTES_MAX);
    (void)service;
    if (!openapi_print(part, &text) || !str_ok(&text)) {
        fprintf(stderr, "bourse-blockchain: --print-openapi admin|internal\n");
        return EXIT_USAGE;
    }
    printf("%s\n", str_data(&text));
    return 0;
}

const struct service_flag blockchain_flags[] = {
    {"--migrate", NULL, "Bring the schema up to date, then exit.", true, run_migrate},
    {"--print-openapi", "PART", "Print the OpenAPI document: admin or internal.", false,
     run_print_openapi},
    {NULL},
};
