#include "blockchain/flags_chain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/block_scan.h"
#include "blockchain/actions/chain_pause.h"
#include "blockchain/chains_offline.h"

DEFINE_AUTO(struct db, db_close);
DEFINE_AUTO(struct provider_session, provider_session_close);

typedef bool chain_act(struct blockchain *app, struct db *db, const char *what, struct err *err);

static bool pause_say(struct blockchain *app, struct db *db, const char *key, bool is_paused,
                      struct err *err)
{
    struct chain *chain = chains_find(app->chains, key);
    if (!chain)
        return err_set(err, ERR_NOT_FOUND, "no chain %.32s", key);
    if (!chain_pause_say(app, chain, db, is_paused, err))
        return false;
    printf("%s is %s; a gateway that runs sees it within seconds\n", chain->key,
           is_paused ? "paused" : "followed");
    return true;
}

static bool pause_act(struct blockchain *app, struct db *db, const char *key, struct err *err)
{
    return pause_say(app, db, key, true, err);
}

static bool resume_act(struct blockchain *app, struct db *db, const char *key, struct err *err)
{
    return pause_say(app, db, key, false, err);
}

/* "ltc-regtest/120". */
static bool place_read(const char *what, char ret_key[static CHAIN_KEY_SIZE], uint64_t *ret_height,
                       struct err *err)
{
    const char *slash = strchr(what, '/');
    size_t length = slash ? (size_t)(slash - what) : CHAIN_KEY_SIZE;
    char *end = NULL;
    errno = 0;
    bool is_number = length < CHAIN_KEY_SIZE && slash[1] >= '0' && slash[1] <= '9';
    *ret_height = is_number ? strtoull(slash + 1, &end, 10) : 0;
    if (!is_number || *end || errno)
        return err_set(err, ERR_INVALID, "CHAIN/HEIGHT is wanted");
    snprintf(ret_key, CHAIN_KEY_SIZE, "%.*s", (int)length, what);
    return true;
}

static bool scan_act(struct blockchain *app, struct db *db, const char *what, struct err *err)
{
    AUTO_FREE(provider_session_close) struct provider_session *session = NULL;
    char key[CHAIN_KEY_SIZE];
    struct scan_result result;
    struct chain *chain;
    uint64_t height;
    if (!place_read(what, key, &height, err) || !chain_offline(app, db, key, &chain, err) ||
        !chain_session(chain, &session, err) ||
        !block_scan(app, chain, db, session, height, &result, err))
        return false;
    printf("block %llu, %s: %u transactions, %zu transfers to us and %zu spends of ours, known "
           "before or not; %zu parked\n",
           (unsigned long long)result.height, result.hash, (unsigned)result.transactions,
           result.transfers, result.spends, result.parked);
    return true;
}

static int chain_flag(struct service *service, const char *flag, chain_act *act, const char *what)
{
    AUTO_FREE(db_close) struct db *db = NULL;
    struct blockchain app = {.config = service->config,
                             .clock = service->clock,
                             .metrics = service->metrics,
                             .catalogues = catalogues_new(),
                             .chains = chains_new()};
    struct err err;
    bool ok = app.catalogues && app.chains
                  ? db_open(&app.config->db, &db, &err) && chains_offline_load(&app, db, &err) &&
                        act(&app, db, what, &err)
                  : err_set(&err, ERR_INTERNAL, "no memory");
    chains_free(app.chains);
    catalogues_free(app.catalogues);
    return ok ? 0 : service_flag_failed(service, flag, &err);
}

int pause_flag(struct service *service, const char *key)
{
    return chain_flag(service, "--pause", pause_act, key);
}

int resume_flag(struct service *service, const char *key)
{
    return chain_flag(service, "--resume", resume_act, key);
}

int scan_flag(struct service *service, const char *what)
{
    return chain_flag(service, "--scan", scan_act, what);
}
