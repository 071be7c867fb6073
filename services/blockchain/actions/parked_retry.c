#include "blockchain/actions/parked_retry.h"

#include <string.h>

#include "blockchain/actions/block_opinion.h"
#include "blockchain/family/ethereum_brought.h"
#include "blockchain/store/holdings.h"
#include "blockchain/store/parked.h"
#include "blockchain/store/transfers.h"
#include "chain/u256.h"

enum { AT_ONCE_MAX = 16, PAUSE_US = 5000000, PAUSE_DOUBLINGS_MAX = 9 }; /* up to 43 minutes */

struct tip_balance {
    const char *address, *contract, *hash;
    uint64_t height;
    char units[1][CHAIN_UNITS_SIZE];
};

static bool ask_balance(struct node *node, void *arg, struct err *err)
{
    struct tip_balance *question = arg;
    char hash[CHAIN_HASH_SIZE];
    const struct family *family = node->client->family;
    if (!family->balances(node, &question->address, 1, question->contract, question->height,
                          question->units, err) ||
        !family->block_hash(node, question->height, hash, err))
        return false;
    return strcmp(hash, question->hash) == 0 ||
           err_set(err, ERR_PEER_UNAVAILABLE, "the node has another block %llu",
                   (unsigned long long)question->height);
}

/* One attempt at a parked part. */
struct attempt {
    const char *chain_key;
    struct db *db;
    struct provider_session *session;
    const struct chain_row *row;
    struct block_haul *haul;
};

/* Nobody has the state of its block any more: then what it claims counts when the address has, at our last
 * block, all that we ever recorded there and this as well. Nobody is credited with what is not there. */
static bool is_covered(const struct attempt *attempt, const struct found_transfer *claim,
                       struct err *err)
{
    char address[CHAIN_ADDRESS_SIZE], recorded[CHAIN_UNITS_SIZE];
    struct tip_balance question = {.address = address,
                                   .contract = claim->contract,
                                   .hash = attempt->row->hash,
                                   .height = attempt->row->height};
    struct u256 has, wants, units;
    if (!holdings_of_token(attempt->db, attempt->chain_key, claim->address_id, claim->contract,
                           claim->txid, address, recorded, err) ||
        !providers_ask(attempt->session, ask_balance, &question, err))
        return false;
    bool fits = u256_parse(recorded, &wants) && u256_parse(question.units[0], &has);
    for (size_t i = 0; fits && i < attempt->haul->parked_count; i++) {
        const struct found_transfer *other = attempt->haul->parked[i].claim;
        if (other && other->address_id == claim->address_id &&
            strcmp(other->contract, claim->contract) == 0)
            fits = u256_parse(other->units, &units) && u256_add(wants, units, &wants);
    }
    return (fits && u256_cmp(has, wants) >= 0) ||
           err_set(err, ERR_INVALID, "balance_unknown: it has %.40s now, less than came",
                   question.units[0]);
}

static bool claims_prove(const struct attempt *attempt, struct err *err)
{
    const struct block_haul *haul = attempt->haul;
    for (size_t i = 0; i < haul->parked_count; i++) {
        const struct found_transfer *claim = haul->parked[i].claim;
        bool is_known = false;
        if (claim && (!transfer_is_known(attempt->db, attempt->chain_key, claim, haul->head.hash,
                                         &is_known, err) ||
                      (!is_known && !is_covered(attempt, claim, err))))
            return false;
    }
    return block_haul_claims_take(attempt->haul, NULL, err);
}

/* What was seen to bring something else stays for a person, also when the node forgets what it said. */
static bool is_for_people(const struct parked_row *parked)
{
    return strncmp(parked->reason, BROUGHT_WORD, strlen(BROUGHT_WORD)) == 0;
}

static int64_t pause_of(uint32_t tries)
{
    return (int64_t)PAUSE_US << (tries < PAUSE_DOUBLINGS_MAX ? tries : PAUSE_DOUBLINGS_MAX);
}

/* Who waits for one transaction does not wait for what else of its block is missing, nor the other way round:
 * that has a row of its own since the block was read. */
static bool is_waited_for(const struct found_parked *found, const char *only)
{
    return (only != NULL) == (found->txid[0] != '\0');
}

/* What else of its block is missing, from the haul of one transaction. */
static void others_drop(struct block_haul *haul, const char *only)
{
    size_t kept = 0;
    for (size_t i = 0; i < haul->parked_count; i++)
        if (is_waited_for(&haul->parked[i], only))
            haul->parked[kept++] = haul->parked[i];
    haul->parked_count = kept;
}

/* NULL: nothing, or claims that may prove. */
static const char *still_parked(const struct block_haul *haul, const char *only,
                                const struct parked_row *parked)
{
    for (size_t i = 0; i < haul->parked_count; i++) {
        const struct found_parked *found = &haul->parked[i];
        if (!is_waited_for(found, only))
            continue;
        if (is_for_people(parked))
            return parked->reason;
        if (!found->claim || found->is_refuted)
            return found->reason;
    }
    return NULL;
}

static bool retry(const struct block_step *step, struct db *db, struct provider_session *session,
                  struct block_haul *haul, const struct chain_row *row,
                  const struct parked_row *parked, struct err *err)
{
    int64_t now_us = clock_now_us(step->app->clock);
    struct err failure;
    const struct attempt attempt = {step->chain->key, db, session, row, haul};
    const char *only = parked->txid[0] != '\0' ? parked->txid : NULL;
    bool ok = block_haul_read(haul, session, step->entry, parked->height, parked->block_hash, only,
                              &failure);
    const char *reason = ok ? still_parked(haul, only, parked) : NULL;
    if (reason)
        ok = err_set(&failure, ERR_INVALID, "%s", reason);
    /* The other provider before the claims: it is another one than gave the block. */
    ok = ok && block_opinion(step, session, haul, only, &failure);
    if (ok && only) {
        others_drop(haul, only);
        ok = claims_prove(&attempt, &failure);
    }
    if (ok && block_add(step, db, haul, row, parked->id, &failure))
        return true;
    return parked_failed(db, parked->id, is_for_people(parked) ? parked->reason : failure.what,
                         now_us + pause_of(parked->tries), now_us, err);
}

bool parked_retry(const struct block_step *step, struct db *db, struct provider_session *session,
                  struct block_haul *haul, const struct chain_row *row, struct err *err)
{
    struct parked_row *rows;
    size_t count;
    if (!parked_due(db, step->arena, step->chain->key, clock_now_us(step->app->clock), AT_ONCE_MAX,
                    &rows, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!retry(step, db, session, haul, row, &rows[i], err))
            return false;
    return true;
}
