#include "blockchain/flags.h"

#include <stdio.h>

#include "api/document.h"
#include "base/auto.h"
#include "blockchain/explain_print.h"
#include "blockchain/flags_chain.h"
#include "blockchain/flags_cold.h"
#include "blockchain/flags_settle.h"
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

/* The service need not run: what it knows is in the database, and the nodes are asked directly. */
static int run_explain(struct service *service, const char *what, bool is_tx)
{
    AUTO(str_release) struct str text = STR_INIT(API_DOCUMENT_BYTES_MAX);
    struct err err;
    if (!explain_print(service, what, is_tx, &text, &err))
        return service_flag_failed(service, is_tx ? "--explain-tx" : "--explain-address", &err);
    printf("%s\n", str_data(&text));
    return 0;
}

static int run_explain_tx(struct service *service, const char *what)
{
    return run_explain(service, what, true);
}

static int run_explain_address(struct service *service, const char *what)
{
    return run_explain(service, what, false);
}

static int run_explain_payout(struct service *service, const char *id)
{
    AUTO(str_release) struct str text = STR_INIT(API_DOCUMENT_BYTES_MAX);
    struct err err;
    if (!explain_payout_print(service, id, &text, &err))
        return service_flag_failed(service, "--explain-payout", &err);
    printf("%s\n", str_data(&text));
    return 0;
}

const struct service_flag blockchain_flags[] = {
    {"--migrate", NULL, "Bring the schema up to date, then exit.", true, run_migrate},
    {"--print-openapi", "PART", "Print the OpenAPI document: admin or internal.", false,
     openapi_flag},
    {"--explain-tx", "CHAIN/TXID", "Say what became of a transaction, and why; then exit.", true,
     run_explain_tx},
    {"--explain-address", "CHAIN/ADDRESS", "Say what an address is and what came to it; then exit.",
     true, run_explain_address},
    {"--explain-payout", "ID", "Say where a payout stands, and why; then exit.", true,
     run_explain_payout},
    {"--pause", "CHAIN", "Follow a chain no more, and pay nothing on it; then exit.", true,
     pause_flag},
    {"--resume", "CHAIN", "Follow it again, from where it stopped; then exit.", true, resume_flag},
    {"--scan", "CHAIN/HEIGHT",
     "Look at a block again; what is known already stays as it is; then exit.", true, scan_flag},
    {"--settle-payout", "WORDS",
     "End a payout that no rule can end: ID paid|unpaid EVIDENCE NOTE; then exit.", true,
     settle_flag},
    {"--unsigned", "WORDS",
     "Make an unsigned file of a cold wallet: CHAIN FROM TO UNITS, and to name its key XPUB PATH "
     "INDEX; Ethereum-like: asset=CURRENCY key=ACCOUNT/INDEX for=PAYOUT nonce=N.",
     true, cold_flag_unsigned},
    {"--inspect", "WORDS", "Show what a file of a cold wallet does: CLIENT/NETWORK FILE.", false,
     cold_flag_inspect},
    {"--import", "WORDS", "Send what was signed elsewhere: CHAIN FILE.", true, cold_flag_import},
    {NULL},
};
