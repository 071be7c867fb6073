#include "blockchain/explain_print.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/explain.h"
#include "blockchain/actions/watch_load.h"
#include "blockchain/store/catalogue_store.h"
#include "blockchain/store/chains.h"

enum { ARENA_BYTES_MAX = 64 << 20 };

DEFINE_AUTO(struct db, db_close);
DEFINE_AUTO(struct arena, arena_free);
DEFINE_AUTO(struct provider_session, provider_session_close);

/* The chains as the service knows them, from what accounting told it last. */
static bool chains_load(struct blockchain *app, struct db *db, struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(CATALOGUE_BYTES_MAX);
    if (!catalogue_load(db, &body, err))
        return false;
    if (body.length == 0)
        return err_set(err, ERR_NOT_FOUND, "accounting has not told any chain yet");
    if (!catalogues_read(app->catalogues, str_data(&body), body.length, err))
        return false;
    const struct catalogue *catalogue = catalogue_take(app->catalogues);
    chains_apply(app, catalogue);
    catalogue_give_back(catalogue);
    return true;
}

static bool chain_load(struct blockchain *app, struct db *db, const char *key,
                       struct chain **ret_chain, struct err *err)
{
    struct chain *chain = chains_find(app->chains, key);
    struct chain_row row;
    if (!chain)
        return err_set(err, ERR_NOT_FOUND, "no chain %.32s", key);
    if (!chain_row_get(db, chain->key, chain->client->name, clock_now_us(app->clock), &row, err) ||
        !watch_load(chain, db, err))
        return false;
    pthread_mutex_lock(&chain->lock);
    memcpy(chain->network, row.network, sizeof(chain->network));
    if (chain->providers)
        providers_expect(chain->providers, row.network);
    pthread_mutex_unlock(&chain->lock);
    chain->height = row.height;
    chain->is_ready = true; /* whether it is, the service says */
    *ret_chain = chain;
    return true;
}

static void lines(struct str *out, const struct transfer_row *rows, size_t count,
                  const char *const *reasons, size_t reasons_count)
{
    for (size_t i = 0; i < count; i++)
        str_add_format(out, "transfer %llu: %s:%u, %s units%s%s to %s (%s %s), %s in block %llu\n",
                       (unsigned long long)rows[i].id, rows[i].txid, rows[i].index, rows[i].units,
                       rows[i].contract[0] ? " of " : "", rows[i].contract, rows[i].address,
                       rows[i].purpose, rows[i].owner, rows[i].state,
                       (unsigned long long)rows[i].height);
    for (size_t i = 0; i < reasons_count; i++)
        str_add_format(out, "%s\n", reasons[i]);
}

static bool tell_tx(struct blockchain *app, struct chain *chain, struct db *db, struct arena *arena,
                    const char *txid, struct str *out, struct err *err)
{
    AUTO_FREE(provider_session_close) struct provider_session *session = NULL;
    struct tx_story story;
    if (!chain_session(chain, &session, err) ||
        !explain_tx(app, chain, db, session, arena, txid, &story, err))
        return false;
    lines(out, story.transfers, story.transfers_count, story.reasons, story.reasons_count);
    return true;
}

static bool tell_address(struct chain *chain, struct db *db, struct arena *arena,
                         const char *address, struct str *out, struct err *err)
{
    struct address_story story;
    if (!explain_address(chain, db, arena, address, &story, err))
        return false;
    if (story.is_ours)
        str_add_format(out, "ours: %s, for %s, owner %s\n", story.row.address, story.row.purpose,
                       story.row.owner[0] ? story.row.owner : "nobody yet");
    lines(out, story.transfers, story.transfers_count, story.reasons, story.reasons_count);
    return true;
}

static bool tell(struct blockchain *app, const char *what, bool is_tx, struct str *out,
                 struct err *err)
{
    AUTO_FREE(db_close) struct db *db = NULL;
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    char key[CHAIN_KEY_SIZE];
    const char *slash = strchr(what, '/');
    struct chain *chain = NULL;
    if (!slash || (size_t)(slash - what) >= sizeof(key))
        return err_set(err, ERR_INVALID, "CHAIN/%s is wanted", is_tx ? "TXID" : "ADDRESS");
    if (!arena)
        return err_set(err, ERR_INTERNAL, "no memory");
    snprintf(key, sizeof(key), "%.*s", (int)(slash - what), what);
    return db_open(&app->config->db, &db, err) && chains_load(app, db, err) &&
           chain_load(app, db, key, &chain, err) &&
           (is_tx ? tell_tx(app, chain, db, arena, slash + 1, out, err)
                  : tell_address(chain, db, arena, slash + 1, out, err));
}

bool explain_print(struct service *service, const char *what, bool is_tx, struct str *out,
                   struct err *err)
{
    struct blockchain app = {.config = service->config,
                             .clock = service->clock,
                             .catalogues = catalogues_new(),
                             .chains = chains_new()};
    bool ok = app.catalogues && app.chains ? tell(&app, what, is_tx, out, err)
                                           : err_set(err, ERR_INTERNAL, "no memory");
    chains_free(app.chains);
    catalogues_free(app.catalogues);
    return ok;
}

bool explain_payout_print(struct service *service, const char *id, struct str *out, struct err *err)
{
    const struct blockchain_config *config = service->config;
    AUTO_FREE(db_close) struct db *db = NULL;
    AUTO_FREE(arena_free) struct arena *arena = arena_new(ARENA_BYTES_MAX);
    struct payout_story story;
    if (!arena)
        return err_set(err, ERR_INTERNAL, "no memory");
    if (!db_open(&config->db, &db, err) || !explain_payout(db, arena, id, &story, err))
        return false;
    const struct payout *payout = &story.payout;
    str_add_format(out, "payout %s on %s: %s units%s%s to %s (%s %s), %s\n", payout->id,
                   payout->chain_key, payout->units, payout->contract[0] ? " of " : "",
                   payout->contract, payout->to, payout_purpose_name(payout->purpose),
                   payout->owner, payout_state_name(payout->state));
    lines(out, NULL, 0, story.reasons, story.reasons_count);
    return true;
}
