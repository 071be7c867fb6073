#include "accounting/flags.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "accounting/actions/deposit_explain.h"
#include "accounting/actions/fiat_batch.h"
#include "accounting/actions/fiat_report.h"
#include "accounting/actions/seed.h"
#include "accounting/actions/statement_import.h"
#include "accounting/actions/withdraw_explain.h"
#include "accounting/domain/fiat_account.h"
#include "accounting/openapi.h"
#include "accounting/peers/peers.h"
#include "accounting/start.h"
#include "accounting/state/catalog.h"
#include "accounting/state/config.h"
#include "base/auto.h"
#include "base/file.h"
#include "base/queue.h"
#include "db/db.h"
#include "iso20022/camt053.h"
#include "iso20022/pain001.h"
#include "iso20022/pain002.h"
#include "secret/secret.h"

enum { SHELL_ARENA_BYTES_MAX = 16 << 20 };

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

/* ---- --import-statement ---- */

static bool import(const struct outgoing *shell, const char *path, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(CAMT053_BYTES_MAX);
    AUTO(str_release) struct str report = STR_INIT(STATEMENT_REPORT_BYTES_MAX);
    if (!file_read(path, &text, err))
        return false;
    const struct statement_file file = {.text = str_data(&text), .length = text.length};
    if (!statement_import(shell->app, shell->db, &file, &report, err))
        return false;
    printf("%s\n", str_data(&report));
    return true;
}

/* ---- --import-report ---- */

static bool report_take(const struct outgoing *shell, const char *path, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(PAIN002_BYTES_MAX);
    AUTO(str_release) struct str outcome = STR_INIT(FIAT_REPORT_OUTCOME_BYTES_MAX);
    if (!file_read(path, &text, err))
        return false;
    const struct fiat_report_file file = {.text = str_data(&text), .length = text.length};
    if (!fiat_report_import(shell, &file, &outcome, err))
        return false;
    printf("%s\n", str_data(&outcome));
    return true;
}

/* ---- --make-fiat-batch, --write-fiat-batch ---- */

static bool batch_make(const struct outgoing *shell, const char *currency, struct err *err)
{
    const struct fiat_batch_asked asked = {.currency_id = currency};
    char sum[DEC_TEXT_SIZE];
    struct fiat_batch batch;
    if (!fiat_batch_create(shell, &asked, &batch, err))
        return false;
    printf("{\"id\":%lu,\"message_id\":\"%s\",\"payments\":%lu,\"sum\":\"%s\"}\n",
           (unsigned long)batch.id, batch.message_id, (unsigned long)batch.payments,
           dec_text(batch.sum, sum));
    return true;
}

static bool batch_write(const struct outgoing *shell, const char *id, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(PAIN001_BYTES_MAX);
    char *end;
    unsigned long number = strtoul(id, &end, 10);
    if (*end || end == id)
        return err_set(err, ERR_INVALID, "%s is no id of a batch", id);
    if (!fiat_batch_write(shell, number, &text, err))
        return false;
    printf("%s", str_data(&text));
    return true;
}

/* ---- --explain-withdrawal, --explain-deposit ---- */

static bool withdraw_told(const struct outgoing *shell, const char *id, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(WITHDRAW_EXPLAIN_BYTES_MAX);
    char *end;
    unsigned long number = strtoul(id, &end, 10);
    if (*end || end == id || number == 0)
        return err_set(err, ERR_INVALID, "%s is no id of a withdrawal", id);
    if (!accounting_open_peers(shell->app, err) || !withdraw_explain(shell, number, &text, err))
        return false;
    printf("%s\n", str_data(&text));
    return true;
}

static bool deposit_told(const struct outgoing *shell, const char *txid, struct err *err)
{
    AUTO(str_release) struct str text = STR_INIT(DEPOSIT_EXPLAIN_BYTES_MAX);
    if (!accounting_open_peers(shell->app, err) || !deposit_explain(shell, txid, NULL, &text, err))
        return false;
    printf("%s\n", str_data(&text));
    return true;
}

/* ---- a part of the service ---- */

typedef bool shell_act(const struct outgoing *shell, const char *argument, struct err *err);

static bool shell_open(struct outgoing *shell, struct err *err)
{
    struct accounting *app = shell->app;
    app->outbox_signal = queue_new(1);
    app->catalogs = catalogs_new();
    shell->arena = arena_new(SHELL_ARENA_BYTES_MAX);
    if (!app->outbox_signal || !app->catalogs || !shell->arena)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (!fiat_accounts_parse(app->config->fiat_accounts, app->fiat_accounts, err) ||
        !accounting_open_secrets(app, err) || !db_open(&app->config->db, &shell->db, err) ||
        !catalog_reload(app->catalogs, shell->db, err))
        return false;
    shell->catalog = catalog_take(app->catalogs);
    return !app->secrets || secret_store_is_ready(app->secrets) || secret_upkeep(app->secrets, err);
}

/* As much of the service as one act needs; the running one finds the outbox by itself. */
static int shell_run(struct service *service, const char *flag, shell_act *act,
                     const char *argument)
{
    struct fiat_accounts accounts;
    struct accounting app = {.config = service->config,
                             .clock = service->clock,
                             .metrics = service->metrics,
                             .fiat_accounts = &accounts};
    struct outgoing shell = {.app = &app, .now_us = clock_now_us(service->clock), .actor = "shell"};
    struct err err;
    bool ok = shell_open(&shell, &err) && act(&shell, argument, &err);
    if (shell.catalog)
        catalog_give_back(shell.catalog);
    db_close(shell.db);
    arena_free(shell.arena);
    peers_close(app.peers);
    secret_store_close(app.secrets);
    catalogs_free(app.catalogs);
    queue_free(app.outbox_signal);
    return ok ? 0 : service_flag_failed(service, flag, &err);
}

static int run_import(struct service *service, const char *path)
{
    return shell_run(service, "--import-statement", import, path);
}

static int run_report(struct service *service, const char *path)
{
    return shell_run(service, "--import-report", report_take, path);
}

static int run_batch_make(struct service *service, const char *currency)
{
    return shell_run(service, "--make-fiat-batch", batch_make, currency);
}

static int run_batch_write(struct service *service, const char *id)
{
    return shell_run(service, "--write-fiat-batch", batch_write, id);
}

static int run_withdraw_explain(struct service *service, const char *id)
{
    return shell_run(service, "--explain-withdrawal", withdraw_told, id);
}

static int run_deposit_explain(struct service *service, const char *txid)
{
    return shell_run(service, "--explain-deposit", deposit_told, txid);
}

const struct service_flag accounting_flags[] = {
    {"--migrate", NULL, "Bring the schema up to date, then exit.", true, run_migrate},
    {"--seed", "DIR", "Add the rows of the YAML files in DIR that are not there yet, then exit.",
     true, run_seed},
    {"--import-statement", "FILE",
     "Import a bank's statement (camt.053), print what became of each entry, then exit.", true,
     run_import},
    {"--import-report", "FILE",
     "Import what a bank says of a released batch (pain.002), print what became of each line, then "
     "exit.",
     true, run_report},
    {"--make-fiat-batch", "CURRENCY",
     "Put the fiat withdrawals that may be paid into a batch, which an operator releases, then "
     "exit.",
     true, run_batch_make},
    {"--write-fiat-batch", "ID", "Print the file of a released batch (pain.001), then exit.", true,
     run_batch_write},
    {"--explain-withdrawal", "ID",
     "Print where a withdrawal stands, and why, as the API's explain does, then exit.", true,
     run_withdraw_explain},
    {"--explain-deposit", "TXID",
     "Print what became of a transaction: its deposits, what holds them, and what the gateway says "
     "of it, then exit.",
     true, run_deposit_explain},
    {"--print-openapi", "PART", "Print the OpenAPI document: user, admin or management.", false,
     openapi_flag},
    {NULL},
};
