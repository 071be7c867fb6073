#include "accounting/flags.h"

#include <stdio.h>
#include <unistd.h>

#include "accounting/actions/seed.h"
#include "accounting/actions/statement_import.h"
#include "accounting/domain/fiat_account.h"
#include "accounting/openapi.h"
#include "api/document.h"
#include "accounting/state/config.h"
#include "base/auto.h"
#include "base/queue.h"
#include "db/db.h"
#include "iso20022/camt053.h"

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

/* ---- --import-statement ---- */

static bool file_read(const char *path, struct str *out, struct err *err)
{
    char chunk[64 * 1024];
    size_t length;
    FILE *file = fopen(path, "rb");
    if (!file)
        return err_set(err, ERR_NOT_FOUND, "%s can't be opened", path);
    while ((length = fread(chunk, 1, sizeof(chunk), file)) > 0)
        str_add_bytes(out, chunk, length);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed)
        return err_set(err, ERR_INVALID, "%s can't be read", path);
    return str_ok(out) || err_set(err, ERR_BODY_TOO_LARGE, "%s has more than %d bytes", path,
                                  (int)CAMT053_BYTES_MAX);
}

/* As much of the service as an import needs; the running one finds the outbox by itself. */
static bool import(struct accounting *app, const char *path, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(CAMT053_BYTES_MAX + 1);
    AUTO(str_release) struct str report = STR_INIT(STATEMENT_REPORT_BYTES_MAX);
    AUTO_FREE(db_close) struct db *db = NULL;
    if (!file_read(path, &text, err) || !db_open(&app->config->db, &db, err))
        return false;
    const struct statement_file file = {.text = str_data(&text), .length = text.length};
    if (!statement_import(app, db, &file, &report, err))
        return false;
    printf("%s\n", str_data(&report));
    return true;
}

static int run_import(struct service *service, const char *path)
{
    const struct accounting_config *config = service->config;
    struct fiat_accounts accounts;
    struct accounting app = {.config = config,
                             .clock = service->clock,
                             .metrics = service->metrics,
                             .fiat_accounts = &accounts,
                             .outbox_signal = queue_new(1)};
    struct err err;
    bool ok = app.outbox_signal ? fiat_accounts_parse(config->fiat_accounts, &accounts, &err) &&
                                      import(&app, path, &err)
                                : err_set(&err, ERR_INTERNAL, "no memory");
    queue_free(app.outbox_signal);
    return ok ? 0 : service_flag_failed(service, "--import-statement", &err);
}

const struct service_flag accounting_flags[] = {
    {"--migrate", NULL, "Bring the schema up to date, then exit.", true, run_migrate},
    {"--seed", "DIR", "Add the rows of the YAML files in DIR that are not there yet, then exit.",
     true, run_seed},
    {"--import-statement", "FILE",
     "Import a bank's statement (camt.053), print what became of each entry, then exit.", true,
     run_import},
    {"--print-openapi", "PART", "Print the OpenAPI document: user, admin or management.", false,
     run_print_openapi},
    {NULL},
};
