#include "blockchain/actions/holdings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/holdings_custody.h"
#include "blockchain/family/ethereum_safe.h"
#include "blockchain/store/holdings.h"
#include "blockchain/store/safe_txs.h"
#include "chain/u256.h"

enum { PAGE_ARENA_BYTES = 1 << 20 };

DEFINE_AUTO(struct arena, arena_free);

struct page {
    const char *const *addresses;
    size_t count;
    const char *contract;
    uint64_t height;
    char (*units)[CHAIN_UNITS_SIZE]; /* CHAIN_BALANCES_MAX of them */
};

static bool ask_page(struct node *node, void *arg, struct err *err)
{
    const struct page *page = arg;
    return node->client->family->balances(node, page->addresses, page->count, page->contract,
                                          page->height, page->units, err);
}

static bool add_page(const struct page *page, struct u256 *sum, struct err *err)
{
    for (size_t i = 0; i < page->count; i++) {
        struct u256 units;
        if (!u256_parse(page->units[i], &units) || !u256_add(*sum, units, sum))
            return err_set(err, ERR_PROTOCOL, "balances above 256 bits");
    }
    return true;
}

/* All assets of one page of addresses. A token is a program of strangers: one that answers nonsense spoils
 * its own row and no other. */
static bool ask_assets(struct provider_session *session, struct page *page, struct holding *rows,
                       struct u256 *sums, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        page->contract = rows[i].contract;
        if (rows[i].reason[0])
            continue;
        rows[i].addresses += page->count;
        if (providers_ask(session, ask_page, page, err) && add_page(page, &sums[i], err))
            continue;
        bool is_of_token =
            err->code == ERR_NODE_REFUSED || err->code == ERR_PROTOCOL || err->code == ERR_INVALID;
        if (!rows[i].contract[0] || !is_of_token)
            return false;
        snprintf(rows[i].reason, sizeof(rows[i].reason), "%s", err->what);
    }
    return true;
}

static bool ask_all(struct chain *chain, struct db *db, struct provider_session *session,
                    struct holding *rows, struct u256 *sums, size_t count, struct err *err)
{
    AUTO_FREE(arena_free) struct arena *arena = arena_new(PAGE_ARENA_BYTES);
    char(*units)[CHAIN_UNITS_SIZE] = arena ? calloc(CHAIN_BALANCES_MAX, sizeof(*units)) : NULL;
    struct page page = {.height = rows[0].height, .units = units};
    uint64_t last_id = 0, seen = 0;
    bool ok = units != NULL || err_set(err, ERR_BUSY, "no memory for balances");

    do {
        const char **addresses = NULL;
        page.count = 0;
        if (ok)
            arena_reset(arena);
        ok = ok && holders_page(db, arena, chain->key, last_id, CHAIN_BALANCES_MAX, &addresses,
                                &page.count, &last_id, err);
        page.addresses = addresses;
        seen += page.count;
        ok = ok && (seen <= HOLDINGS_ADDRESSES_MAX ||
                    err_set(err, ERR_TOO_MANY, "too many addresses to sum up"));
        ok = ok && ask_assets(session, &page, rows, sums, count, err);
    } while (ok && page.count == CHAIN_BALANCES_MAX);
    free(units);
    return ok;
}

/* A custodian tells the sum of its wallet, and no address of it. */
static bool ask_wallet(struct node *node, void *arg, struct err *err)
{
    struct holding *row = arg;
    return node->client->family->balance(node, "", row->contract, row->units, err);
}

static bool ask_custodian(struct provider_session *session, struct holding *rows, size_t count,
                          struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (providers_ask(session, ask_wallet, &rows[i], err))
            continue;
        if (err->code != ERR_INVALID)
            return false;
        snprintf(rows[i].reason, sizeof(rows[i].reason), "%s", err->what);
    }
    return true;
}

bool holdings_read(struct chain *chain, const struct chain_entry *entry, struct db *db,
                   struct provider_session *session, struct arena *arena, struct holding **ret_rows,
                   size_t *ret_count, struct err *err)
{
    size_t count =
        entry->assets_count < HOLDINGS_ASSETS_MAX ? entry->assets_count : HOLDINGS_ASSETS_MAX;
    struct holding *rows = arena_alloc(arena, (count + 1) * sizeof(*rows));
    struct u256 *sums = arena_alloc(arena, (count + 1) * sizeof(*sums));
    uint64_t height = chain->height;

    if (!rows || !sums)
        return err_set(err, ERR_BUSY, "no memory for holdings");
    if (height == 0)
        return err_set_key(err, ERR_BUSY, "blockchain.chain.not_ready", "%s is not followed yet",
                           chain->key);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct holding){.contract = entry->assets[i].contract,
                                   .currency = entry->assets[i].currency,
                                   .height = height};
    if (count > 0 && chain->client->family->balances) {
        if (!ask_all(chain, db, session, rows, sums, count, err))
            return false;
        for (size_t i = 0; i < count; i++)
            u256_text(sums[i], rows[i].units);
    } else if (chain->client->is_custody) {
        if (!ask_custodian(session, rows, count, err))
            return false;
    } else {
        for (size_t i = 0; i < count; i++)
            if (!holdings_recorded(db, chain->key, "", height, rows[i].units, &rows[i].addresses,
                                   err))
                return false;
    }
    *ret_rows = rows;
    *ret_count = count;
    return true;
}

/* ---- a part of the sum ---- */

struct part {
    struct chain *chain;
    struct db *db;
    struct arena *arena;
    const struct count_question *question;
    struct counted counted;
    struct u256 sum;
    char (*units)[CHAIN_UNITS_SIZE];
};

/* `after` moves on; *ret_asked: how many it were. */
static bool ask_addresses(struct part *part, struct node *node, uint64_t *after, size_t *ret_asked,
                          struct err *err)
{
    const char **addresses;
    return holders_page(part->db, part->arena, part->chain->key, *after, CHAIN_BALANCES_MAX,
                        &addresses, ret_asked, after, err) &&
           node->client->family->balances(node, addresses, *ret_asked, part->question->contract,
                                          part->question->height, part->units, err);
}

static bool ask_coins(struct part *part, struct node *node, uint64_t *after, size_t *ret_asked,
                      struct err *err)
{
    struct coin_asked *coins;
    return unspent_page(part->db, part->arena, part->chain->key, *after, CHAIN_BALANCES_MAX, &coins,
                        ret_asked, after, err) &&
           node->client->family->coins(node, coins, *ret_asked, part->question->hash, part->units,
                                       err);
}

/* A payment out of a Safe that others sent is in no record of ours before it is deep enough. */
static bool no_safe_is_ahead(struct part *part, struct node *node, struct err *err)
{
    struct safe_row_list list;
    if (!safe_txs_unseen(part->db, part->arena, part->chain->key, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        const struct safe_row *row = &list.rows[i];
        uint64_t nonce;
        if (!ethereum_safe_nonce(node, row->safe, part->question->height, &nonce, err))
            return false;
        if (nonce > row->nonce)
            return err_set(err, ERR_STATE_CONFLICT, "%.64s left its Safe by others, not deep yet",
                           row->payout_id);
    }
    return true;
}

/* All of a part is asked of one node, and then whether it has the block that was meant: balances are asked
 * for by height, and the node may be on another fork. */
static bool ask_part(struct node *node, void *arg, struct err *err)
{
    struct part *part = arg;
    const struct family *family = node->client->family;
    struct page page = {.units = part->units};
    char hash[CHAIN_HASH_SIZE];
    uint64_t after = part->question->after;
    part->counted = (struct counted){.places = 0};
    part->sum = U256_ZERO; /* another node may have been asked before */
    for (int i = 0; i < COUNT_PAGES_MAX; i++) {
        arena_reset(part->arena);
        if (!(family->balances ? ask_addresses : ask_coins)(part, node, &after, &page.count, err) ||
            !add_page(&page, &part->sum, err))
            return false;
        part->counted.places += page.count;
        part->counted.next = page.count == CHAIN_BALANCES_MAX ? after : 0;
        if (part->counted.next == 0)
            break;
    }
    if ((family->balances && !no_safe_is_ahead(part, node, err)) ||
        !family->block_hash(node, part->question->height, hash, err))
        return false;
    return strcmp(hash, part->question->hash) == 0 ||
           err_set(err, ERR_STATE_CONFLICT, "the node has another block %llu",
                   (unsigned long long)part->question->height);
}

bool holdings_count(struct chain *chain, struct db *db, struct provider_session *session,
                    const struct count_question *question, struct counted *ret_counted,
                    struct err *err)
{
    const struct family *family = chain->client->family;
    if (chain->client->is_custody)
        return holdings_custody_count(chain, db, session, question, ret_counted, err);
    if (!family->balances && (!family->coins || question->contract[0]))
        return err_set(err, ERR_NOT_FOUND, "nodes of %s can't be asked", chain->key);
    /* Coins are asked for at the tip: at another one the records would be of other coins. */
    if (family->coins && chain->height != question->height)
        return err_set(err, ERR_STATE_CONFLICT, "%s is at another block", chain->key);
    AUTO_FREE(arena_free) struct arena *arena = arena_new(PAGE_ARENA_BYTES);
    char(*units)[CHAIN_UNITS_SIZE] = arena ? calloc(CHAIN_BALANCES_MAX, sizeof(*units)) : NULL;
    struct part part = {
        .chain = chain, .db = db, .arena = arena, .question = question, .units = units};
    bool ok = units ? providers_ask(session, ask_part, &part, err)
                    : err_set(err, ERR_BUSY, "no memory for balances");
    free(units);
    if (!ok)
        return false;
    u256_text(part.sum, part.counted.units);
    *ret_counted = part.counted;
    return true;
}
