#include "blockchain/explain_print.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/explain.h"
#include "blockchain/chains_offline.h"

enum { ARENA_BYTES_MAX = 64 << 20 };

DEFINE_AUTO(struct db, db_close);
DEFINE_AUTO(struct arena, arena_free);
DEFINE_AUTO(struct provider_session, provider_session_close);

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
    return db_open(&app->config->db, &db, err) && chains_offline_load(app, db, err) &&
           chain_offline(app, db, key, &chain, err) &&
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
