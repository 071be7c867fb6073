#include "blockchain/actions/explain.h"

#include <stdarg.h>
#include <string.h>

#include "chain/u256.h"

enum { SENTENCE_SIZE = 400, STRAYS_SAID_MAX = 3 };

/* One more sentence; what does not fit is left out. */
static void say(struct arena *arena, const char **reasons, size_t *count, const char *format, ...)
    PRINTF(4, 5);
static void say(struct arena *arena, const char **reasons, size_t *count, const char *format, ...)
{
    char text[SENTENCE_SIZE];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    if (*count < REASONS_MAX && (reasons[*count] = arena_strdup(arena, text)) != NULL)
        (*count)++;
}

/* ---- a transaction ---- */

struct teller {
    struct chain *chain;
    const struct chain_entry *entry;
    struct arena *arena;
    struct tx_story *story;
};
#define SAY(...)                                                                                   \
    say(teller->arena, teller->story->reasons, &teller->story->reasons_count, __VA_ARGS__)

static void tell_state(struct teller *teller, const struct transfer_row *row)
{
    uint64_t height = teller->chain->height;
    uint64_t has = height >= row->height ? height - row->height + 1 : 0;
    const struct chain_asset *asset = chain_asset_of(teller->entry, row->contract);
    struct u256 units, least;
    if (strcmp(row->state, "reverted") == 0)
        SAY("Its block %llu was taken back by a reorganisation; it counts again when it is in a "
            "block again.",
            (unsigned long long)row->height);
    else if (strcmp(row->state, "seen") == 0)
        SAY("It has %llu of %u confirmations.", (unsigned long long)has, row->confirmations_need);
    else
        SAY("It is confirmed; accounting was told.");
    if (!asset)
        SAY("Its asset is not in the catalogue of this chain, so nobody can be credited.");
    else if (!asset->deposit_enabled)
        SAY("Deposits of %s are switched off.", asset->currency);
    else if (u256_parse(row->units, &units) && u256_parse(asset->min_deposit, &least) &&
             u256_cmp(units, least) < 0)
        SAY("It is below the least deposit of %s units.", asset->min_deposit);
    if (strcmp(row->purpose, "deposit") != 0)
        SAY("Its address is one of our own wallets (%s), not a deposit address.", row->purpose);
    else if (row->owner[0] == '\0')
        SAY("Its address was not given to anybody yet.");
}

static void tell_missing(struct teller *teller)
{
    const struct tx_status *status = &teller->story->status;
    uint64_t height = teller->chain->height;
    if (status->place == TX_UNKNOWN)
        SAY("The node does not know the transaction: it was not sent on this chain, or was "
            "replaced.");
    else if (status->place == TX_MEMPOOL)
        SAY("It waits in the node's pool and is in no block yet.");
    else if (status->height > height)
        SAY("It is in block %llu, which is not taken in yet: we are at %llu.",
            (unsigned long long)status->height, (unsigned long long)height);
    else if (teller->story->parked_count == 0)
        SAY("It is in block %llu, which was taken in, and pays none of our addresses in a way that "
            "counts. A block can be looked at again (scan).",
            (unsigned long long)status->height);
}

static void tell_strays(struct teller *teller)
{
    for (size_t i = 0; i < teller->story->strays_count; i++) {
        const struct stray_row *stray = &teller->story->strays[i];
        if (strcmp(stray->kind, "unlisted_token") == 0)
            SAY("It sends %s units of the contract %s, which is not listed, to our address %s: "
                "credited to nobody.",
                stray->units, stray->contract, stray->address);
        else
            SAY("Our address %s is not given out on this chain; elsewhere: %s.", stray->address,
                stray->elsewhere[0] ? stray->elsewhere : "nobody has it");
    }
}

static void tell(struct teller *teller)
{
    struct tx_story *story = teller->story;
    for (size_t i = 0; i < story->transfers_count; i++)
        tell_state(teller, &story->transfers[i]);
    if (story->transfers_count == 0 && story->strays_count == 0)
        tell_missing(teller);
    for (size_t i = 0; i < story->parked_count; i++)
        if (strcmp(story->parked[i].state, "waiting") == 0)
            SAY("A part of it is parked, tried %u times: %s", story->parked[i].tries,
                story->parked[i].reason);
    tell_strays(teller);
    if (story->status.is_failed)
        SAY("It was mined without effect (its status is failed).");
    if (!teller->chain->is_ready) {
        char reason[CHAIN_REASON_SIZE];
        pthread_mutex_lock(&teller->chain->lock);
        memcpy(reason, teller->chain->reason, sizeof(reason));
        pthread_mutex_unlock(&teller->chain->lock);
        SAY("The chain is not ready: %s", reason);
    }
}

bool explain_tx(struct blockchain *app, struct chain *chain, struct db *db,
                struct provider_session *session, struct arena *arena, const char *txid,
                struct tx_story *ret_story, struct err *err)
{
    struct tx_story story = {.status = {.place = TX_UNKNOWN}};
    struct transfer_row *transfers;
    struct parked_row *parked;
    struct stray_row *strays;
    struct tx_status status;
    struct err away;
    if (strspn(txid, "0123456789abcdefABCDEFx") != strlen(txid) || strlen(txid) >= CHAIN_HASH_SIZE)
        return err_set_key(err, ERR_INVALID, "blockchain.tx.invalid", "no transaction id");
    if (!transfers_of_tx(db, arena, chain->key, txid, &transfers, &story.transfers_count, err) ||
        !parked_of_tx(db, arena, chain->key, txid, &parked, &story.parked_count, err) ||
        !strays_list(db, arena, chain->key, txid, STRAYS_SAID_MAX, &strays, &story.strays_count,
                     err))
        return false;
    story.strays = strays;
    story.transfers = transfers;
    story.parked = parked;
    const struct catalogue *catalogue = catalogue_take(app->catalogues);
    static const struct chain_entry nothing = {.key = ""};
    const struct chain_entry *entry = catalogue_chain(catalogue, chain->key);
    struct teller teller = {
        .chain = chain, .entry = entry ? entry : &nothing, .arena = arena, .story = &story};
    if (providers_tx_status(session, txid, &status, &away)) {
        story.status = status;
        tell(&teller);
    } else {
        say(arena, story.reasons, &story.reasons_count, "No node answers: %s", away.what);
        for (size_t i = 0; i < story.transfers_count; i++)
            tell_state(&teller, &story.transfers[i]);
    }
    catalogue_give_back(catalogue);
    *ret_story = story;
    return true;
}

/* ---- an address ---- */

bool explain_address(struct chain *chain, struct db *db, struct arena *arena, const char *address,
                     struct address_story *ret_story, struct err *err)
{
    struct address_story story = {.is_ours = false};
    struct transfer_row *transfers = NULL;
    char network[CHAIN_NETWORK_SIZE];
    chain_network(chain, network);
    chain->client->family->address_form(chain->client, network, address, &story.form);
    if (!story.form.is_valid) {
        say(arena, story.reasons, &story.reasons_count, "It is no address of this chain: %s",
            story.form.reason);
        *ret_story = story;
        return true;
    }
    if (!address_find(db, chain->key, story.form.canonical, &story.row, &story.is_ours, err) ||
        (story.is_ours && !transfers_of_address(db, arena, story.row.id, EXPLAIN_TRANSFERS_MAX,
                                                &transfers, &story.transfers_count, err)))
        return false;
    story.transfers = transfers;
    if (!story.is_ours)
        say(arena, story.reasons, &story.reasons_count, "It is not ours.");
    else if (story.row.request_id[0] == '\0' && story.row.is_derived)
        say(arena, story.reasons, &story.reasons_count,
            "It is ours and was not given to anybody yet.");
    else if (watch_set_find(chain->watch, story.form.kind, story.form.hash,
                            story.form.hash_length) == 0)
        say(arena, story.reasons, &story.reasons_count, "It is ours and is not watched yet.");
    else if (story.transfers_count == 0)
        say(arena, story.reasons, &story.reasons_count, "Nothing has come to it, up to block %llu.",
            (unsigned long long)chain->height);
    *ret_story = story;
    return true;
}
